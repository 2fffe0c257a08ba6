// SPDX-License-Identifier: Apache-2.0
// RetryError, where it does not exist.

//go:build !since_28

package controller

import "time"

// retryError is a plain error: before 1.28 a cloud could not name a delay.
func retryError(time.Duration) error { return errScripted }
