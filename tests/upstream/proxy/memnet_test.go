// SPDX-License-Identifier: Apache-2.0
// A network in memory, so that upstream's HTTP servers run inside a synctest bubble, where real sockets would stop the clock.

package proxytrace

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"reflect"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"unsafe"
)

// memoryNetwork is a set of listening ports.
type memoryNetwork struct {
	t         *testing.T
	mu        sync.Mutex
	listeners map[string]*memoryListener
	accepted  []net.Conn
}

func newMemoryNetwork(t *testing.T) *memoryNetwork {
	return &memoryNetwork{t: t, listeners: map[string]*memoryListener{}}
}

// open listens on the port of an address; a port that is taken is an error, as in a kernel.
func (n *memoryNetwork) open(address string) (net.Listener, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[port] != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: syscall.EADDRINUSE}
	}
	listener := &memoryListener{network: n, port: port, arriving: make(chan net.Conn), closed: make(chan struct{})}
	n.listeners[port] = listener
	return listener, nil
}

// dial connects to a port; nil means refused.
func (n *memoryNetwork) dial(port int) *memoryClient {
	n.mu.Lock()
	listener := n.listeners[strconv.Itoa(port)]
	n.mu.Unlock()
	if listener == nil {
		return nil
	}
	near, far := net.Pipe()
	n.mu.Lock()
	n.accepted = append(n.accepted, far)
	n.mu.Unlock()
	select {
	case listener.arriving <- far:
		return &memoryClient{t: n.t, conn: near, reader: bufio.NewReader(near)}
	case <-listener.closed:
		return nil
	}
}

// shutdown ends every listener and connection, so that no goroutine of a server outlives the bubble.
func (n *memoryNetwork) shutdown() {
	n.mu.Lock()
	listeners := make([]*memoryListener, 0, len(n.listeners))
	for _, listener := range n.listeners {
		listeners = append(listeners, listener)
	}
	accepted := n.accepted
	n.mu.Unlock()
	for _, listener := range listeners {
		_ = listener.Close()
	}
	for _, conn := range accepted {
		_ = conn.Close()
	}
}

type memoryListener struct {
	network  *memoryNetwork
	port     string
	arriving chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.arriving:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() {
		l.network.mu.Lock()
		defer l.network.mu.Unlock()
		if l.network.listeners[l.port] == l {
			delete(l.network.listeners, l.port)
		}
		close(l.closed)
	})
	return nil
}

func (l *memoryListener) Addr() net.Addr { return &net.TCPAddr{} }

// memoryClient is the client's end of a connection.
type memoryClient struct {
	t      *testing.T
	conn   net.Conn
	reader *bufio.Reader
}

// httpAnswer is what a probe sees. Bodies are recorded by their place in the list of the case.
type httpAnswer struct {
	Result    string            `json:"result,omitempty"`
	Status    int               `json:"status,omitempty"`
	Headers   map[string]string `json:"headers,omitzero"` // nil if they are the standard ones
	Weight    string            `json:"weight,omitempty"` // X-Load-Balancing-Endpoint-Weight
	Body      *int              `json:"body,omitempty"`
	BodyAnyOf []int             `json:"body_any_of,omitempty"`

	bodies []string // more than one if upstream's answer is not determined
}

const weightHeader = "X-Load-Balancing-Endpoint-Weight"

// setHeaders keeps what differs from the headers that nearly every answer has.
func (a *httpAnswer) setHeaders(headers http.Header) {
	all := map[string]string{}
	for name := range headers {
		if name != "Date" && name != "Content-Length" {
			all[name] = headers.Get(name)
		}
	}
	a.Weight = all[weightHeader]
	delete(all, weightHeader)
	if !maps.Equal(all, map[string]string{"Content-Type": "application/json", "X-Content-Type-Options": "nosniff"}) {
		a.Headers = all
	}
}

// get sends one request; nil means that the connection is cut.
func (c *memoryClient) get(path string) *httpAnswer {
	c.t.Helper()
	request, err := http.NewRequest(http.MethodGet, "http://node"+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := request.Write(c.conn); err != nil {
		return nil
	}
	response, err := http.ReadResponse(c.reader, request)
	if err != nil {
		return nil
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = response.Body.Close()
	answer := &httpAnswer{Status: response.StatusCode, bodies: []string{string(body)}}
	answer.setHeaders(response.Header)
	return answer
}

func (c *memoryClient) close() { _ = c.conn.Close() }

// setUnexported writes a field of an upstream struct that only an unexported constructor sets: upstream's own seam
// for its tests, reached from outside. The value must implement the field's interface, as reflect checks.
func setUnexported(t *testing.T, object any, field string, value any) {
	t.Helper()
	target := reflect.ValueOf(object).Elem().FieldByName(field)
	if !target.IsValid() {
		t.Fatalf("%T has no field %q", object, field)
	}
	reflect.NewAt(target.Type(), unsafe.Pointer(target.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
}
