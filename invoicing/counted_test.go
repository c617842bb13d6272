package invoicing

import "testing"

func TestCounted(t *testing.T) {
	for n, want := range map[int]string{0: "0 rows were", 1: "1 row was", 2: "2 rows were"} {
		if got := Counted(n, "row was", "rows were"); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
