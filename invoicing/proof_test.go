package invoicing

import (
	"strings"
	"testing"

	"prorata/invoicing/money"
)

// The proof's line on credits speaks of all nights since the ledger began: 100.00 are
// granted on the first, 30.00 of them are used on the second, and 70.00 expire on the third.
func TestProofCarriesCreditsOn(t *testing.T) {
	lot := func(used, expired string) []State {
		return []State{{Account: "E1", Credits: []Credit{{Kind: PrepaymentLot, Amount: money.Must("100.00 SEK"), Used: money.Must(used), Expired: money.Must(expired)}}}}
	}
	states := [][]State{nil, lot("0.00 SEK", "0.00 SEK"), lot("30.00 SEK", "0.00 SEK"), lot("30.00 SEK", "70.00 SEK")}
	nights := []Settlement{{Granted: states[1][0].Credits}, {Draws: []Draw{{Amount: money.Must("30.00 SEK")}}}, {Expired: []Expired{{Amount: money.Must("70.00 SEK")}}}}
	var before map[string]Totals
	for i, want := range []string{"100.00 SEK = 0.00 SEK + 0.00 SEK + 100.00 SEK", "100.00 SEK = 30.00 SEK + 0.00 SEK + 70.00 SEK", "100.00 SEK = 30.00 SEK + 70.00 SEK + 0.00 SEK"} {
		var tally Tally
		tally.Add(&nights[i], states[i], states[i+1])
		lines, now := tally.Lines(before)
		x := now["SEK"]
		equal(t, "granted = used + expired + balance", x.Granted.String()+" = "+x.Used.String()+" + "+x.Expired.String()+" + "+x.Balance.String(), want)
		for _, l := range lines {
			if l.Line == "d" && (!l.Left.Equal(x.Granted) || !l.Holds()) {
				t.Errorf("night %d: %s, %s and %s", i+1, l.Says, l.Left, l.Right)
			}
		}
		before = now
	}
}

// proved are the sums of the proof of a night, line by line, each of which must hold.
func proved(t *testing.T, b *Book, s *Settlement) string {
	t.Helper()
	var tally Tally
	tally.Add(s, b.States, Apply(b.States, s))
	lines, _ := tally.Lines(nil)
	var sums []string
	for _, l := range lines {
		if !l.Holds() {
			t.Errorf("%s: %s and %s", l.Says, l.Left, l.Right)
		}
		sums = append(sums, l.Line+" "+l.Left.Number())
	}
	return strings.Join(sums, ", ")
}
