// SPDX-License-Identifier: Apache-2.0
// The end of a run: no goroutine may stay behind in the bubble.

package controller

import (
	"reflect"
	"unsafe"

	"k8s.io/client-go/tools/record"
	"k8s.io/cloud-provider/controllers/service"
)

// finish ends the goroutines that the controller leaves behind when its context has ended, because a bubble ends only
// with its last goroutine: up to 1.24 the event broadcaster, and the loop that reads nodeSyncCh, which nobody closes.
func finish(controller *service.Controller, settle func()) {
	settle()
	if broadcaster, ok := field(controller, "eventBroadcaster").(record.EventBroadcaster); ok && leavesLoops {
		broadcaster.Shutdown()
	}
	if trigger, ok := field(controller, "nodeSyncCh").(chan interface{}); ok && leavesLoops {
		close(trigger)
	}
}

// field reads an unexported field; nil where the release has none of that name.
func field(controller *service.Controller, name string) any {
	value := reflect.ValueOf(controller).Elem().FieldByName(name)
	if !value.IsValid() {
		return nil
	}
	return reflect.NewAt(value.Type(), unsafe.Pointer(value.UnsafeAddr())).Elem().Interface()
}
