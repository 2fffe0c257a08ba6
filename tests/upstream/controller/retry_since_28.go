// SPDX-License-Identifier: Apache-2.0
// RetryError, where it exists.

//go:build since_28

package controller

import (
	"time"

	"k8s.io/cloud-provider/api"
)

// retryError asks the controller to try again after a delay.
func retryError(delay time.Duration) error { return api.NewRetryError("the history says later", delay) }
