// SPDX-License-Identifier: Apache-2.0
// How to run the controller of 1.23 and 1.24.

//go:build since_23 && !since_25

package controller

import (
	"context"

	"k8s.io/cloud-provider/controllers/service"
)

// start runs the controller until the context ends.
func start(ctx context.Context, controller *service.Controller, workers int) {
	controller.Run(ctx, workers)
}
