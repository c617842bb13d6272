package jobs_test

import (
	"encoding/csv"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// reckoned counts what the calculator has done again over all cases.
var reckoned struct{ cases, steps, lines, taxes, copied, said atomic.Int64 }

// reckonedAtLeast asks how much was checked when all cases were run, so that it is
// not less one day unseen.
func reckonedAtLeast(t *testing.T, cases int) {
	if reckoned.cases.Load() < int64(cases) {
		return
	}
	for _, c := range []struct {
		what string
		n    *atomic.Int64
		min  int64
	}{{"steps of decisions", &reckoned.steps, 1500}, {"lines", &reckoned.lines, 200}, {"lines that are copied", &reckoned.copied, 200}, {"taxes", &reckoned.taxes, 300}} {
		t.Logf("%d %s reckoned again", c.n.Load(), c.what)
		if c.n.Load() < c.min {
			t.Errorf("%d %s were reckoned again, want %d or more", c.n.Load(), c.what, c.min)
		}
	}
}

// calculator does again what explain tells of one ledger, with fractions and by
// nothing but what is told.
type calculator struct {
	*testing.T
	l      *ledger.Ledger
	nights []*invoicing.Settlement // so far
	issued map[string]*invoicing.Document
	rows   map[int][][]string // of each input
}

// explained walks over every decision, line and tax of a case's ledger.
func (c *caseRun) explained(t *testing.T) {
	t.Helper()
	reckoned.cases.Add(1)
	l, err := ledger.OpenReader(filepath.Join(c.out, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	runs, err := l.Runs()
	if err != nil {
		t.Fatal(err)
	}
	k := calculator{T: t, l: l, issued: map[string]*invoicing.Document{}, rows: map[int][][]string{}}
	for _, run := range runs {
		for s, err := range l.Settlements(run.N) {
			if err != nil {
				t.Fatal(err)
			}
			k.nights = append(k.nights, s)
			for i := range s.Documents {
				k.issued[s.Documents[i].Number] = &s.Documents[i]
			}
			for i := range s.Decisions {
				k.decision(s, &s.Decisions[i], c)
			}
			for i := range s.Documents {
				k.document(s, &s.Documents[i])
			}
		}
	}
}

// said are the steps that tell something and reckon nothing.
var said = []string{"price basis", "partial return", "lifetime commitment", "new size", "what would fit", "taken back", "undoes", "takes back"}

func (k *calculator) decision(s *invoicing.Settlement, d *invoicing.Decision, c *caseRun) {
	for i, step := range d.Steps() {
		v, ok := reckon(k.T, step.How)
		switch {
		case i < len(d.Reasons.List()) || slices.Contains(said, step.What):
			reckoned.said.Add(1)
			continue
		case step.What == "term":
			if want := d.Start.String() + " to " + monthsAfter(d.Start, d.TermMonths).String(); step.Result != want {
				k.Errorf("%s: the %s is %s, reckoned %s", d.Request.ID, step.What, step.Result, want)
			}
		case step.What == "the credit's last day":
			valid := c.policies.On(d.Request.Date).ByType[d.Type].CreditValidityDays
			if want := s.AsOf + money.Date(valid) - 1; step.Result != want.String() {
				k.Errorf("%s: %s is %s, reckoned %s", d.Request.ID, step.What, step.Result, want)
			}
		case step.What == "current cycle":
			dates := date.FindAllString(step.How, -1)
			k.equal(d.Request.ID, step, new(big.Rat).Sub(operand(dates[2]), operand(dates[1])))
		case step.What == "current price" && step.Result == "unknown":
		case step.What == "fee" && !ok && d.FeeRate.IsZero():
			k.equal(d.Request.ID, step, new(big.Rat))
		case !ok:
			k.Errorf("%s: a reader cannot reckon the %s, %s, from %q", d.Request.ID, step.What, step.Result, step.How)
		case step.What == "fee" && v.Cmp(amountOf(d.Prorated.Number())) > 0:
			k.equal(d.Request.ID, step, amountOf(d.Prorated.Number()))
		default:
			k.equal(d.Request.ID, step, v)
		}
		reckoned.steps.Add(1)
	}
}

// monthsAfter is so many months after a date, at the end of the month where that is shorter.
func monthsAfter(d money.Date, n int) money.Date {
	y, m, day := d.Civil()
	last := time.Date(y, time.Month(m+n+1), 0, 0, 0, 0, 0, time.UTC)
	return money.DateOf(last.Year(), int(last.Month()), min(day, last.Day()))
}

func (k *calculator) document(s *invoicing.Settlement, d *invoicing.Document) {
	var behind invoicing.Background
	for _, id := range d.Requests {
		at := slices.IndexFunc(s.Decisions, func(x invoicing.Decision) bool { return x.Request.ID == id })
		behind.Decisions = append(behind.Decisions, s.Decisions[at])
	}
	for _, night := range k.nights {
		if d.Credit.IsZero() || behind.Follow(d, night) {
			break
		}
	}
	for i := range d.Lines {
		step := d.LineStep(i, &behind)
		name := d.Number + "#" + string(rune('1'+i))
		if v, ok := reckon(k.T, step.How); ok {
			k.equal(name, step, v)
			k.gross(name, step)
			reckoned.lines.Add(1)
			continue
		}
		k.copied(name, d, &d.Lines[i], step)
	}
	for i := range d.Taxes {
		step := d.TaxStep(i)
		if v, ok := reckon(k.T, step.How); ok {
			k.equal(d.Number, step, v)
			reckoned.taxes.Add(1)
		}
	}
}

// gross checks a figure that is told to be the gross of a document.
func (k *calculator) gross(name string, step invoicing.Step) {
	_, after, ok := strings.Cut(step.How, "the gross of ")
	if !ok {
		return
	}
	number, _, _ := strings.Cut(after, ",")
	if d := k.issued[number]; d == nil || d.Gross.Neg().String() != step.Result {
		k.Errorf("%s: %s is not the gross of %s: %v", name, step.Result, number, d)
	}
}

// copied looks a line up where it is told to be copied from: on a document issued
// here, else in the row of the register.
func (k *calculator) copied(name string, to *invoicing.Document, l *invoicing.Line, step invoicing.Step) {
	reckoned.copied.Add(1)
	net, ours := l.Net, 0
	if strings.HasSuffix(step.How, "with the other sign") {
		net = net.Neg()
	}
	for _, word := range strings.Fields(step.How) {
		from := k.issued[strings.TrimSuffix(word, ",")]
		if from == nil {
			continue
		}
		ours++
		if slices.ContainsFunc(from.Lines, func(x invoicing.Line) bool { return x.Order == l.Order && x.Net == net && x.Kind == l.Kind }) {
			return
		}
	}
	received := slices.ContainsFunc(slices.Concat(to.Cancels, to.Replaces, to.Revises), func(r invoicing.Ref) bool { return k.issued[r.Number] == nil })
	if ours > 0 && !received || len(l.Sources) == 0 || !k.ofRegister(l) {
		k.Errorf("%s: %s, %s of %s over %s, is told by %q, which has no such line; sources %v", name, to.Type, l.Kind, l.Order, l.Net, step.How, l.Sources)
	}
}

// ofRegister reports whether the row that a line cites has its net.
func (k *calculator) ofRegister(l *invoicing.Line) bool {
	s := l.Sources[0]
	if k.rows[s.File] == nil {
		f, err := k.l.FileByNumber(s.File)
		if err != nil {
			k.Fatal(err)
		}
		r, err := os.Open(f.Path)
		if err != nil {
			k.Fatal(err)
		}
		defer r.Close()
		if k.rows[s.File], err = csv.NewReader(r).ReadAll(); err != nil {
			k.Fatal(err)
		}
	}
	rows := k.rows[s.File]
	for _, column := range []string{"NetAmount", "Amount"} {
		if at := slices.Index(rows[0], column); at >= 0 {
			return amountOf(rows[s.Row-1][at]).Cmp(amountOf(l.Net.Number())) == 0
		}
	}
	return false
}

func amountOf(s string) *big.Rat {
	v, ok := new(big.Rat).SetString(s)
	if !ok {
		return new(big.Rat)
	}
	return v
}

// equal compares what was reckoned with the result, which is rounded half up or half
// even to the digits that it shows.
func (k *calculator) equal(of string, step invoicing.Step, v *big.Rat) {
	k.Helper()
	result, _, _ := strings.Cut(step.Result, " ")
	if whole, cut := strings.CutSuffix(result, "..."); cut {
		if !cutAt(v, whole) {
			k.Errorf("%s: the %s is %s, reckoned %s from %q", of, step.What, step.Result, v.FloatString(9), step.How)
		}
		return
	}
	want, ok := new(big.Rat).SetString(result)
	_, decimals, _ := strings.Cut(result, ".")
	off := new(big.Rat).Sub(v, amountOf(result))
	half := big.NewRat(1, 2)
	for range decimals {
		half.Quo(half, big.NewRat(10, 1))
	}
	if !ok || off.Abs(off).Cmp(half) > 0 {
		k.Errorf("%s: the %s is %v, reckoned %s from %q", of, step.What, want, v.FloatString(9), step.How)
	}
}

// cutAt reports whether a value begins with digits that were cut.
func cutAt(v *big.Rat, digits string) bool {
	_, decimals, _ := strings.Cut(digits, ".")
	step := big.NewRat(1, 1)
	for range decimals {
		step.Quo(step, big.NewRat(10, 1))
	}
	off := new(big.Rat).Sub(v, amountOf(digits))
	return off.Abs(off).Cmp(step) < 0
}

// leading is a sum at the beginning of a text: 1200.00 USD x 359 / 365. A date counts its days.
var leading = regexp.MustCompile(`^(?:- )?` + figure + `(?: [-+x/] ` + figure + `)*`)

var date = regexp.MustCompile(`\d{4}-\d\d-\d\d`)

const figure = `(?:\d{4}-\d\d-\d\d|-?\d+(?:\.\d+)?)(?: [A-Z]{3}\b| days in the period)?`

var behind = regexp.MustCompile(`^(?:$|,| used| instalments?| months| = (-?[0-9.]+?)(?:\.\.\.)?[, ])`)

// reckon does the sum that a text begins with, and checks what stands behind its
// equals sign; ok is whether it begins with one.
func reckon(t *testing.T, how string) (sum *big.Rat, ok bool) {
	t.Helper()
	text := leading.FindString(how)
	rest := behind.FindStringSubmatch(how[len(text):])
	if text == "" || rest == nil {
		return nil, false
	}
	sum = new(big.Rat)
	product, sign, op := new(big.Rat), int64(1), "+"
	for _, word := range strings.Fields(text) {
		v := operand(word)
		switch {
		case strings.Contains("-+x/", word):
			if op = word; op == "-" || op == "+" {
				sum.Add(sum, product)
				product, sign = new(big.Rat), map[string]int64{"-": -1, "+": 1}[op]
			}
		case v == nil: // a currency
		case op == "x":
			product.Mul(product, v)
		case op == "/":
			product.Quo(product, v)
		default:
			product.Mul(v, big.NewRat(sign, 1))
		}
	}
	sum.Add(sum, product)
	if rest[1] != "" && !cutAt(sum, rest[1]) {
		t.Errorf("%q: reckoned %s", how, sum.FloatString(9))
	}
	return sum, true
}

// operand is a number, or a date as days; nil where it is neither.
func operand(word string) *big.Rat {
	if d, err := money.ParseDate(word); err == nil {
		return big.NewRat(int64(d), 1)
	}
	v, ok := new(big.Rat).SetString(word)
	if !ok {
		return nil
	}
	return v
}
