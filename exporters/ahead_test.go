package exporters

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// What is read ahead comes in the same order, errors and all.
func TestAheadKeepsTheOrder(t *testing.T) {
	broken := errors.New("broken")
	seq := func(yield func(int, error) bool) {
		for i := range 100 {
			if !yield(i, nil) {
				return
			}
		}
		yield(0, broken)
	}
	for _, batch := range []int{1, 7, 100, 1000} {
		var got []string
		for i, err := range ahead(seq, batch) {
			got = append(got, fmt.Sprint(i, err))
		}
		if len(got) != 101 || got[99] != "99 <nil>" || got[100] != "0 broken" || !slices.IsSortedFunc(got[:10], func(a, b string) int { return int(a[0]) - int(b[0]) }) {
			t.Errorf("walked %q", got)
		}
	}
}

// A walk that ends early ends the goroutine before it returns.
func TestAheadStops(t *testing.T) {
	ended := false
	seq := func(yield func(int, error) bool) {
		defer func() { ended = true }()
		for i := 0; yield(i, nil); i++ {
		}
	}
	for i := range ahead(seq, 4) {
		if i == 10 {
			break
		}
	}
	if !ended {
		t.Error("the iterator still runs")
	}
}

// An impossible state met while reading is not swallowed.
func TestAheadPassesPanicsOn(t *testing.T) {
	defer func() {
		if p := recover(); p != "impossible" {
			t.Errorf("recovered %v", p)
		}
	}()
	for i, err := range ahead(func(yield func(int, error) bool) {
		yield(1, nil)
		panic("impossible")
	}, 4) {
		if i != 1 || err != nil {
			t.Errorf("walked %d, %v", i, err)
		}
	}
}
