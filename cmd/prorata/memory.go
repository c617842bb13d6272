package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// Between two collections the heap grows by half of what is held, and where little
// is held by leastHeadroom. Go's own rule, by as much as is held, would collect
// while a night is published each time some megabytes were used, and would let the
// heap of an import, nearly all of which is held, grow to twice its size.
const leastHeadroom = 36 << 20

// headroom is leastHeadroom, or what a verb that holds nearly all to its end needs to
// collect but a few times.
var headroom atomic.Int64

// collection is garbage at once, so that its finalizer runs after each collection.
type collection struct{ held []metrics.Sample }

// paceCollections lets the heap grow as far as leastHeadroom says.
func paceCollections() {
	headroom.Store(leastHeadroom)
	c := &collection{[]metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	c.ended()
}

func (c *collection) ended() {
	metrics.Read(c.held)
	held := max(int(c.held[0].Value.Uint64()), leastHeadroom/4)
	debug.SetGCPercent(100 * max(int(headroom.Load()), held/2) / held)
	runtime.SetFinalizer(&collection{c.held}, (*collection).ended)
}
