package exporters

import "iter"

// aheadBy is how many settlements are read before they are needed.
const aheadBy = 4

// ahead walks an iterator in a goroutine of its own, a few items ahead of whoever
// walks the result: decoding a settlement and writing its rows take about as long
// as each other. A panic of the iterator is passed on. When the walk ends early,
// so does the goroutine, before the walk returns.
func ahead[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	type step struct {
		item  T
		err   error
		panic any
	}
	return func(yield func(T, error) bool) {
		steps, stop := make(chan step, aheadBy), make(chan struct{})
		go func() {
			defer close(steps)
			defer func() {
				if p := recover(); p != nil {
					select {
					case steps <- step{panic: p}:
					case <-stop:
					}
				}
			}()
			for item, err := range seq {
				select {
				case steps <- step{item: item, err: err}:
				case <-stop:
					return
				}
			}
		}()
		defer func() {
			close(stop)
			for range steps { // until the goroutine has ended
			}
		}()
		for s := range steps {
			if s.panic != nil {
				panic(s.panic)
			}
			if !yield(s.item, s.err) {
				return
			}
		}
	}
}
