// SPDX-License-Identifier: Apache-2.0
// How to run the controller from 1.25 on.

//go:build since_25

package controller

import (
	"context"

	"k8s.io/cloud-provider/controllers/service"
	controllersmetrics "k8s.io/component-base/metrics/prometheus/controllers"
)

var metrics = controllersmetrics.NewControllerManagerMetrics("cloud-controller-manager")

// start runs the controller until the context ends: from 1.25 it reports to the metrics of its manager.
func start(ctx context.Context, controller *service.Controller, workers int) {
	controller.Run(ctx, workers, metrics)
}
