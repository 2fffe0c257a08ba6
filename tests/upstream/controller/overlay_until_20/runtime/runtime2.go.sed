# SPDX-License-Identifier: Apache-2.0
# Edits a copy of Go's runtime/runtime2.go: in a bubble, a goroutine that waits for a mutex counts as waiting.
/^var isIdleInSynctest = /a\
	waitReasonSyncMutexLock:         true,\
	waitReasonSyncRWMutexLock:       true,\
	waitReasonSyncRWMutexRLock:      true,
