package jobs

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"prorata/exporters"
	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

func builtin(t *testing.T, id string) policy.Chain {
	t.Helper()
	p, err := policy.Builtin(id)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Chain{{Policy: p}}
}

// oneNight makes a night that writes registers, on the ledger in out.
func oneNight(t *testing.T, inbox, out, asOf string, policies policy.Chain) (*Report, string) {
	t.Helper()
	date, err := money.ParseDate(asOf)
	if err != nil {
		t.Fatal(err)
	}
	r := Run{Inbox: inbox, Out: out, Ledger: filepath.Join(out, "ledger.db"), AsOf: date, Policies: policies, Formats: exporters.CSV, Version: "test", Log: zerolog.Nop()}
	report, err := r.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return report, r.Ledger
}

// playCase runs the nights of a case and returns the ledger's path and how many
// nights there were.
func playCase(t *testing.T, dir string) (path string, nights int) {
	t.Helper()
	lines, err := os.ReadFile(filepath.Join(dir, "nights.txt"))
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	for line := range strings.Lines(string(lines)) {
		asOf, folder, _ := strings.Cut(strings.TrimSpace(line), " ")
		inbox := t.TempDir()
		if folder != "" {
			inbox = filepath.Join(dir, folder)
		}
		_, path = oneNight(t, inbox, out, asOf, builtin(t, "azure-2020"))
		nights++
	}
	return path, nights
}

// POL-5: requests are decided again on their own nights, by what was known on
// them. So by the policy that the nights were decided by, everything is decided
// as it was, late and held requests, exchanges and transfers included.
func TestCompareDecidesAsTheNightsDid(t *testing.T) {
	cases, err := filepath.Glob("../fixtures/cases/*/inbox-2")
	if err != nil || len(cases) < 10 {
		t.Fatalf("%d cases of several nights: %v", len(cases), err)
	}
	for _, inbox := range cases {
		dir := filepath.Dir(inbox)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			path, nights := playCase(t, dir)
			l, err := ledger.OpenReader(path)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			want := map[string]invoicing.Decision{}
			for n := 1; n <= nights; n++ {
				for s, err := range l.Settlements(n) {
					if err != nil {
						t.Fatal(err)
					}
					for _, d := range s.Decisions {
						want[d.Request.ID] = d
					}
				}
			}
			c := &Compare{A: builtin(t, "azure-2020"), B: builtin(t, "azure-2023")}
			groups, err := c.replay(context.Background(), l)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range groups {
				for i, v := range g.sides[0].verdicts {
					id := g.Requests[i].ID
					d, decided := want[id]
					delete(want, id)
					if w := verdictOf(&d); v != w {
						t.Errorf("%s (decided: %v) is %+v, was %+v", id, decided, v, w)
					}
				}
			}
			for id, d := range want {
				if d.Request.Action == invoicing.Reverse && d.Outcome == invoicing.Rejected {
					continue // what stood in its way is not replayed
				}
				t.Errorf("%s was decided, and is not decided again", id)
			}
		})
	}
}

// A policy compared with itself changes nothing; an inbox compared by itself is
// what a ledger says whose one night it was.
func TestCompareInbox(t *testing.T) {
	ctx, inbox, asOf := context.Background(), "../fixtures/inbox", money.DateOf(2026, 11, 22)
	same, err := (&Compare{Inbox: inbox, AsOf: asOf, A: builtin(t, "azure-2020"), B: builtin(t, "azure-2020")}).Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if same.Requests < 50 || same.Same != same.Requests || len(same.Changes)+len(same.Accounts)+len(same.Outcomes) > 0 {
		t.Errorf("compared with itself: %+v", same)
	}
	differ, err := (&Compare{Inbox: inbox, AsOf: asOf, A: builtin(t, "azure-2020"), B: builtin(t, "azure-2023")}).Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i := range differ.Sums {
		x := &differ.Sums[i]
		refund, lines := money.Zero(x.Currency), 0
		for _, a := range differ.Changes {
			if a.A.Refund.Currency() != x.Currency {
				continue
			}
			lines++
			if a.B.Outcome == invoicing.Approved {
				refund = refund.Add(a.B.Refund)
			}
			if a.A.Outcome == invoicing.Approved {
				refund = refund.Sub(a.A.Refund)
			}
		}
		if got := x.RefundB.Sub(x.RefundA); got != refund || x.Lines != lines {
			t.Errorf("in sum %s of %d lines, the lines that differ come to %s of %d", got, x.Lines, refund, lines)
		}
	}
}
