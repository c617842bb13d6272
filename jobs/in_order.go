package jobs

import (
	"context"
	"errors"
	"io"

	"golang.org/x/sync/errgroup"
)

// inOrder makes something of each item that next gives until io.EOF, by so many
// workers at once, and puts what they made one by one in the order of the items. The
// first error ends it. What belongs to one worker needs no lock.
func inOrder[In, Out any](ctx context.Context, workers int, next func() (In, error), do func(ctx context.Context, worker int, in In) (Out, error), put func(Out) error) error {
	type task struct {
		in   In
		out  Out
		err  error
		done chan struct{} // closed when out and err are there
	}
	queue, ordered := make(chan *task, workers), make(chan *task, 8*workers)
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.Go(func() error {
		defer close(queue)
		defer close(ordered)
		for {
			in, err := next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			t := &task{in: in, done: make(chan struct{})}
			for _, to := range []chan<- *task{ordered, queue} {
				select {
				case to <- t:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
	})
	for worker := range workers {
		tasks.Go(func() error {
			for t := range queue {
				t.out, t.err = do(ctx, worker, t.in)
				close(t.done)
			}
			return nil
		})
	}
	tasks.Go(func() error {
		for t := range ordered {
			select {
			case <-t.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			if t.err != nil {
				return t.err
			}
			if err := put(t.out); err != nil {
				return err
			}
		}
		return nil
	})
	return tasks.Wait()
}
