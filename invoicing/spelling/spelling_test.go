package spelling

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	names := []string{"fee.rate", "fee.base", "fee.after_days", "limit.amount"}
	for s, want := range map[string]string{"fee.rte": "fee.rate", "fee.a": "fee.after_days", "limitamount": "limit.amount", "LIMIT": "limit.amount", "": "fee.rate"} {
		if got := Nearest(s, names); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	if got := Nearest("x", nil); got != "" {
		t.Errorf("of no names: %q", got)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"amount", "amount", 0}, {"amuont", "amount", 2}, {"amont", "amount", 1}, {"", "abc", 3}, {strings.Repeat("x", 1<<20), "x", 99}} {
		if got := Distance(c.a, c.b); got != c.want || Distance(c.b, c.a) != c.want {
			t.Errorf("%.9q to %.9q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
