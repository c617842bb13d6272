package jobs

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"
)

// What several make at once is put in the order in which it was given, and whatever
// fails first, the giver, a worker or who puts, ends all of it.
func TestInOrder(t *testing.T) {
	giving, making, putting := errors.New("giving"), errors.New("making"), errors.New("putting")
	for _, want := range []error{nil, giving, making, putting} {
		given, put := 0, []int{}
		next := func() (int, error) {
			if given == 50 {
				return 0, io.EOF
			}
			given++
			return given, nil
		}
		if want == giving {
			next = func() (int, error) { return 0, giving }
		}
		err := inOrder(t.Context(), 4, next, func(_ context.Context, _, n int) (int, error) {
			time.Sleep(time.Duration(n%5) * time.Millisecond) // so that later ones are ready before
			if want == making && n == 7 {
				return 0, making
			}
			return n * n, nil
		}, func(made int) error {
			if want == putting && made == 49 {
				return putting
			}
			put = append(put, made)
			return nil
		})
		if !errors.Is(err, want) {
			t.Errorf("%v ended with %v", want, err)
		}
		squares := []int{}
		for n := range map[error]int{nil: 50, giving: 0, making: 6, putting: 6}[want] {
			squares = append(squares, (n+1)*(n+1))
		}
		if !slices.Equal(put, squares) {
			t.Errorf("%v: put %v", want, put)
		}
	}
}
