package exporters

import "iter"

// aheadBy is how many batches are read before they are needed.
const aheadBy = 4

// ahead walks an iterator in a goroutine of its own, a few batches of items ahead of
// whoever walks the result: reading a settlement and writing its rows take about as
// long as each other. A panic of the iterator is passed on. When the walk ends early,
// so does the goroutine, before the walk returns.
func ahead[T any](seq iter.Seq2[T, error], batch int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		steps, stop := make(chan steps[T], aheadBy), make(chan struct{})
		go walkAhead(seq, batch, steps, stop)
		defer func() {
			close(stop)
			for range steps { // until the goroutine has ended
			}
		}()
		for s := range steps {
			for _, item := range s.items {
				if !yield(item, nil) {
					return
				}
			}
			if s.panic != nil {
				panic(s.panic)
			}
			if s.err != nil && !yield(s.item, s.err) {
				return
			}
		}
	}
}

// steps are some items of an iterator, and then an error with its item or a panic.
type steps[T any] struct {
	items []T
	item  T
	err   error
	panic any
}

func walkAhead[T any](seq iter.Seq2[T, error], batch int, to chan<- steps[T], stop <-chan struct{}) {
	defer close(to)
	s := steps[T]{items: make([]T, 0, batch)}
	send := func() (sent bool) {
		select {
		case to <- s:
			s = steps[T]{items: make([]T, 0, batch)}
			return true
		case <-stop:
			return false
		}
	}
	defer func() {
		if s.panic = recover(); s.panic != nil || len(s.items) > 0 {
			send()
		}
	}()
	for item, err := range seq {
		if err != nil {
			s.item, s.err = item, err
		} else {
			s.items = append(s.items, item)
		}
		if (err != nil || len(s.items) == batch) && !send() {
			return
		}
	}
}
