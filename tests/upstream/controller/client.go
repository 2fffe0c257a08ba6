// SPDX-License-Identifier: Apache-2.0
// The controller's API client: the fake clientset with what a real API server adds to it.

package controller

import (
	"context"
	"sort"
	"testing/synctest"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
)

// client is the controller's view of the cluster: the fake clientset, but lists come in order of name, as from a real
// API server, and a patch returns only when every informer has seen its effect.
type client struct {
	*fake.Clientset
	cluster *cluster
	turn    chan struct{} // synctest.Wait takes one caller at a time
}

func newClient(c *cluster) *client {
	return &client{Clientset: c.clientset, cluster: c, turn: make(chan struct{}, 1)}
}

// settle lets every other goroutine of the bubble run until it waits for something.
func (c *client) settle() {
	c.turn <- struct{}{}
	synctest.Wait()
	<-c.turn
}

func (c *client) CoreV1() corev1.CoreV1Interface {
	return coreClient{CoreV1Interface: c.Clientset.CoreV1(), client: c}
}

type coreClient struct {
	corev1.CoreV1Interface
	client *client
}

func (c coreClient) Services(namespace string) corev1.ServiceInterface {
	return serviceClient{ServiceInterface: c.CoreV1Interface.Services(namespace), client: c.client}
}

type serviceClient struct {
	corev1.ServiceInterface
	client *client
}

func (s serviceClient) List(ctx context.Context, options metav1.ListOptions) (*v1.ServiceList, error) {
	list, err := s.ServiceInterface.List(ctx, options)
	if err == nil {
		sort.Slice(list.Items, func(i, j int) bool { return list.Items[i].Name < list.Items[j].Name })
	}
	return list, err
}

func (s serviceClient) Patch(_ context.Context, name string, _ types.PatchType, data []byte, _ metav1.PatchOptions,
	_ ...string) (*v1.Service, error) {
	service, err := s.client.cluster.patchService(name, data)
	s.client.settle()
	return service, err
}
