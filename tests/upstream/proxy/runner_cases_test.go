// SPDX-License-Identifier: Apache-2.0
// The hand-written scripts of kind "runner".

package proxytrace

import "fmt"

type runnerCase struct {
	name string
	in   runnerIn
}

func runnerCases() []runnerCase {
	const ms, second, hour = int64(1000), int64(1_000_000), int64(3_600_000_000)
	iptables, ipvs := runnerIn{Min: second, Max: hour}, runnerIn{Max: 30 * second}
	script := func(in runnerIn, end int64, runs []runnerRun, at ...int64) runnerIn {
		in = withRunnerDefaults(in)
		in.RunAt, in.Runs, in.End = append([]int64{}, at...), runs, end
		return in
	}
	slow := func(takes ...int64) (runs []runnerRun) {
		for _, us := range takes {
			runs = append(runs, runnerRun{Takes: us})
		}
		return runs
	}
	fail := func(takes, retry int64) []runnerRun { return []runnerRun{failing(runnerRun{Takes: takes}, retry)} }
	every := func(interval int64, n int) (at []int64) {
		for k := range n {
			at = append(at, 1+int64(k)*interval)
		}
		return at
	}
	list := []runnerCase{
		{"nothing asked, iptables", script(iptables, 2*hour+second, nil)},
		{"nothing asked, ipvs", script(ipvs, 100*second, nil)},
		{"one request", script(iptables, hour+10*second, nil, 5*second)},
		{"two requests at once", script(iptables, 10*second, nil, 5*second, 5*second)},
		{"second request just after the first", script(iptables, 20*second, nil, 5*second, 5*second+1)},
		{"three requests in a second", script(iptables, 20*second, nil, 5*second, 5*second+300*ms, 5*second+600*ms)},
		{"a request each 100 ms", script(iptables, 20*second, nil, every(100*ms, 30)...)},
		{"a request each 1.1 s", script(iptables, 20*second, nil, every(1100*ms, 10)...)},
		{"ipvs: a request each 100 ms", script(ipvs, 20*second, nil, every(100*ms, 10)...)},
		{"slow writes, requests all the time", script(iptables, 30*second, slow(3*second, 3*second, 3*second, 3*second),
			every(700*ms, 20)...)},
		{"request while writing", script(iptables, 20*second, slow(2*second), second, 2*second, 2*second+1)},
		{"ipvs: request while writing", script(ipvs, 20*second, slow(2*second), second, 2*second, 2*second+1)},
		{"a failed write is repeated", script(iptables, 70*second, fail(100*ms, 30*second), second)},
		{"a failed write, and a request before the retry", script(iptables, 70*second, fail(100*ms, 30*second), second, 10*second)},
		{"a failed write, and a request while it runs", script(iptables, 70*second, fail(500*ms, 30*second), second, 1200*ms)},
		{"ipvs: a failed write", script(ipvs, 100*second, fail(100*ms, 30*second), second)},
	}
	if runnerReturnsErrors {
		short := iptables
		short.Retry = 100 * ms
		return append(list,
			runnerCase{"retry sooner than the least interval", script(short, 20*second, fail(0, 0), second)},
			runnerCase{"retry and request meet at the end of the least interval",
				script(short, 20*second, fail(0, 0), second, 1500*ms)})
	}
	return append(list, retryCases(script)...)
}

// retryCases are about RetryAfter, which the runner has up to 1.33.
func retryCases(script func(runnerIn, int64, []runnerRun, ...int64) runnerIn) []runnerCase {
	const ms, second, hour = int64(1000), int64(1_000_000), int64(3_600_000_000)
	iptables := runnerIn{Min: second, Max: hour}
	retries := func(in runnerIn, retries ...runnerRetry) runnerIn {
		in.RetryA = retries
		return in
	}
	var list []runnerCase
	for _, timers := range []string{"buffered", ""} {
		in := script(iptables, 20*second, []runnerRun{{}, {}, {Takes: 200 * ms}}, ms, 100*ms, 200*ms, 1050*ms)
		in.Timers = timers
		list = append(list, runnerCase{fmt.Sprintf("a timer ends while a write runs, timers %q", timers), in})
	}
	busy := retries(script(iptables, 20*second, nil, 100*ms, 200*ms), runnerRetry{300 * ms, 500 * ms})
	busy.Turn = 100
	return append(list,
		runnerCase{"a timer ends without a token: the loop turns without waiting", busy},
		runnerCase{"retry asked from outside", retries(script(iptables, 20*second, nil), runnerRetry{second, 3 * second})},
		runnerCase{"the earliest retry wins", retries(script(iptables, 20*second, nil, 100*ms), runnerRetry{second, 8 * second},
			runnerRetry{2 * second, 3 * second}, runnerRetry{3 * second, 10 * second})},
		runnerCase{"a run takes the place of a waiting retry", retries(script(iptables, 20*second, nil, 2*second),
			runnerRetry{second, 3 * second})})
}
