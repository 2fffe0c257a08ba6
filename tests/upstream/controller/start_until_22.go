// SPDX-License-Identifier: Apache-2.0
// How to run the controller up to 1.22.

//go:build !since_23

package controller

import (
	"context"

	"k8s.io/cloud-provider/controllers/service"
)

// start runs the controller until the context ends: before 1.23 it took a channel.
func start(ctx context.Context, controller *service.Controller, workers int) {
	controller.Run(ctx.Done(), workers)
}
