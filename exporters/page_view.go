package exporters

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// pageView is what the page's template is given: words, texts and the places of
// what is drawn, nothing to be reckoned.
type pageView struct {
	W                     *pageWords
	Title, Folder, Policy string
	Version               string
	Run                   int
	DryRun                bool
	Outcomes              []pageBar // approved, rejected, held
	Tiles                 []pageBar // those, and what else is counted
	Money                 []moneyView
	Held                  pageTable
	Expiring              pageTable
	Limits                pageTable
	RefusedRows           pageTable
	Breaks, Support       pageTable // with the vendor
	Ended                 pageTable // breaks that were settled
	EInvoices, Warnings   pageTable // what documents lacked to be e-invoices, and what else must be known of documents
	Quiet                 bool      // nothing needs a person
	Reasons               []pageBar
	Weeks                 []weeksView
	Fullest               []pageBar
	Issued                pageTable
	Files                 []string
	ProofHolds            bool
	Proof                 []proofView
}

// proofView is a statement of the proof, and what is equal by it in each currency.
type proofView struct {
	Line, Says string
	Sums       []string
}

// pageBar is one part of a drawing: its colour by class, what it says, its figure, and its
// place in thousandths.
type pageBar struct {
	Class, Text, Figure string
	From, Size          int
}

// pageTable is a list with links; Rest says how many more there are, and where.
type pageTable struct {
	W    *pageWords // of a table that is drawn twice
	Rows [][]pageCell
	Rest string
}

type pageCell struct {
	Text, Link string
	Right      bool
}

// moneyView is the money of one currency.
type moneyView struct {
	Code, Refund string
	Out, In      [][2]string
	Bars         []pageBar
}

// weeksView is the credit of one currency that expires, by week.
type weeksView struct {
	Code string
	Bars []pageBar
	Sums [][2]string // the weeks that have any
}

func (o *openPage) view() *pageView {
	n, w := o.press.night, o.words
	v := &pageView{
		W: w, Title: w.Night + " " + n.AsOf.String(), Folder: n.Folder, Policy: policyNames(n.Policies), Version: n.Version, Run: n.Run, DryRun: n.DryRun,
		Outcomes: o.outcomes(), Held: o.heldTable(), Expiring: o.expiringTable(), Limits: o.limitTable(), RefusedRows: o.refusedTable(),
		EInvoices: o.lackTable(false), Warnings: o.lackTable(true),
		Breaks: o.breakTable(&o.breaks), Ended: o.breakTable(&o.ended), Support: o.supportTable(),
		Reasons: o.reasonBars(), Fullest: o.limitBars(), Issued: o.documentTable(), Files: o.files(),
	}
	for _, code := range byCode(o.currencies) {
		c := o.currencies[code]
		if m := o.moneyOf(c); len(m.Out)+len(m.In) > 0 {
			v.Money = append(v.Money, m)
		}
		if c.expiring {
			v.Weeks = append(v.Weeks, o.weeksOf(c))
		}
	}
	v.Quiet = len(v.Held.Rows)+len(v.Expiring.Rows)+len(v.Limits.Rows)+len(v.RefusedRows.Rows)+len(v.EInvoices.Rows)+len(v.Warnings.Rows)+len(v.Breaks.Rows)+len(v.Support.Rows) == 0
	v.Tiles = append(slices.Clone(v.Outcomes), pageBar{Text: w.issued.of(o.documents.total), Figure: itoa(o.documents.total)},
		pageBar{Text: w.refused.of(o.refused.total), Figure: itoa(o.refused.total)})
	v.Proof, v.ProofHolds = o.proof()
	return v
}

// proof states each line of the proof once, with its sums; of one that does not hold,
// both sides. holds is of all.
func (o *openPage) proof() (lines []proofView, holds bool) {
	holds = true
	for _, l := range o.press.night.Proof {
		says := cmp.Or(o.words.proof[l.Says], l.Says)
		i := slices.IndexFunc(lines, func(p proofView) bool { return p.Line == l.Line && p.Says == says })
		if i < 0 {
			i = len(lines)
			lines = append(lines, proofView{Line: l.Line, Says: says})
		}
		sum := o.words.paper.grouped(l.Left)
		if !l.Holds {
			sum, holds = sum+" \u2260 "+o.words.paper.grouped(l.Right), false
		}
		switch {
		case l.Counted:
			sum += "\u00a0(" + l.Currency + ")"
		case l.Currency != "":
			sum += "\u00a0" + l.Currency
		}
		lines[i].Sums = append(lines[i].Sums, sum)
	}
	return lines, holds
}

func (o *openPage) outcomes() []pageBar {
	counts := [...]int{o.totals.outcomes[invoicing.Approved], o.totals.outcomes[invoicing.Rejected], o.totals.outcomes[invoicing.Held]}
	words := [...]counted{o.words.approved, o.words.rejected, o.words.held}
	all := max(counts[0]+counts[1]+counts[2], 1)
	var bars []pageBar
	from := 0
	for i, n := range counts {
		size := n * 1000 / all
		bars = append(bars, pageBar{[...]string{"good", "bad", "wait"}[i], words[i].of(n), itoa(n), from, size})
		from += size
	}
	return bars
}

// moneyOf says where the refunds of a currency go, and what came in.
func (o *openPage) moneyOf(m *pageMoney) moneyView {
	w := o.words
	text := func(s *money.Sum) string { return w.amount(textOf(s, m.currency), m.currency.String()) }
	v := moneyView{Code: m.currency.String(), Refund: text(&m.refund)}
	out := []struct {
		class, text string
		sum         *money.Sum
	}{{"c1", w.Prepayment, &m.prepayment}, {"c2", w.HeldCredit, &m.held}, {"c3", w.OpenAmount, &m.open}, {"c4", w.Card, &m.card}, {"c5", w.Payout, &m.payout}}
	whole := new(big.Int)
	for _, part := range out {
		whole.Add(whole, part.sum.Exact())
	}
	from := 0
	for _, part := range out {
		if size := thousandths(part.sum.Exact(), whole); size > 0 || part.sum.Exact().Sign() != 0 {
			v.Out = append(v.Out, [2]string{part.text, text(part.sum)})
			v.Bars = append(v.Bars, pageBar{part.class, part.text, text(part.sum), from, size})
			from += size
		}
	}
	for _, part := range []struct {
		text string
		sum  *money.Sum
	}{{w.Fee, &m.fee}, {w.Owed, &m.owed}, {w.Charged, &m.charged}, {w.TakenBack, &m.takenBack}, {w.Expired, &m.spent}, {w.CreditUsed, &m.used}} {
		if part.sum.Exact().Sign() != 0 {
			v.In = append(v.In, [2]string{part.text, text(part.sum)})
		}
	}
	return v
}

// thousandths is how much of a whole a part is, 0 through 1000.
func thousandths(part, whole *big.Int) int {
	if whole.Sign() <= 0 || part.Sign() <= 0 {
		return 0
	}
	n := new(big.Int).Mul(part, big.NewInt(1000))
	return int(min(n.Quo(n, whole).Int64(), 1000))
}

func (o *openPage) weeksOf(m *pageMoney) weeksView {
	highest := new(big.Int)
	for i := range m.weeks {
		if x := m.weeks[i].Exact(); x.Cmp(highest) > 0 {
			highest = x
		}
	}
	v := weeksView{Code: m.currency.String()}
	for i := range m.weeks {
		day := o.press.night.AsOf + money.Date(7*i)
		bar := pageBar{Class: "c1", Figure: o.words.amount(textOf(&m.weeks[i], m.currency), m.currency.String()), From: 40 * i, Size: thousandths(m.weeks[i].Exact(), highest)}
		if i%4 == 0 {
			bar.Text = day.String()[5:]
		}
		v.Bars = append(v.Bars, bar)
		if m.weeks[i].Exact().Sign() > 0 {
			v.Sums = append(v.Sums, [2]string{o.words.Week + " " + day.String(), bar.Figure})
		}
	}
	return v
}

// reasonBars are the reasons of rejected requests, the most frequent first.
func (o *openPage) reasonBars() []pageBar {
	var bars []pageBar
	most := 1
	for r, n := range o.reasons {
		if n > 0 {
			bars = append(bars, pageBar{Class: "bad", Text: o.words.reasons[invoicing.Reason(r)], Figure: itoa(n), Size: n})
			most = max(most, n)
		}
	}
	slices.SortStableFunc(bars, func(a, b pageBar) int { return b.Size - a.Size })
	for i := range bars {
		bars[i].Size = bars[i].Size * 1000 / most
	}
	return bars
}

// percentOf writes hundredths of a percent in whole percent; little is not nothing.
func percentOf(basisPoint int) string {
	if basisPoint < 100 {
		return "<\u00a01\u00a0%"
	}
	return itoa(basisPoint/100) + "\u00a0%"
}

// limitBars are the fullest limits, used to nearlyPercent or not.
func (o *openPage) limitBars() []pageBar {
	var bars []pageBar
	for _, l := range o.limits.items[:min(len(o.limits.items), 8)] {
		class := "c1"
		if l.basisPoint >= 100*nearlyPercent {
			class = "wait"
		}
		bars = append(bars, pageBar{Class: class, Text: o.account(l.account), Figure: percentOf(l.basisPoint), Size: min(l.basisPoint/10, 1000)})
	}
	return bars
}

// account is an account with its name where that is known.
func (o *openPage) account(id string) string {
	if name := o.names[id]; name != "" {
		return name + " (" + id + ")"
	}
	return id
}

func (o *openPage) rest(total, shown int, file string) string {
	if total <= shown {
		return ""
	}
	return "+" + itoa(total-shown) + " " + o.words.More + " " + file
}

func (o *openPage) heldTable() pageTable {
	t := pageTable{Rest: o.rest(o.held.total, len(o.held.items), "decisions.csv")}
	for _, h := range o.held.items {
		var why []string
		for i, r := range h.reasons {
			say := o.words.why[r]
			if say == "" && i < len(h.steps) {
				say = h.steps[i].How // the core's own explanation
			}
			if r == invoicing.OrderConflict {
				say += o.rows(h.against)
			}
			why = append(why, o.words.reasons[r]+": "+say)
		}
		t.Rows = append(t.Rows, []pageCell{{Text: h.id}, {Text: h.date.String()}, {Text: o.account(h.account)}, {Text: h.order}, {Text: strings.Join(why, "; ")}})
	}
	return t
}

// rows names the first of some rows, in brackets.
func (o *openPage) rows(sources []invoicing.Source) string {
	var places []string
	for _, s := range sources[:min(len(sources), pageRows)] {
		places = append(places, o.place(s))
	}
	if len(sources) > pageRows {
		places = append(places, "...")
	}
	if places == nil {
		return ""
	}
	return " (" + strings.Join(places, "; ") + ")"
}

func (o *openPage) expiringTable() pageTable {
	t := pageTable{Rest: o.rest(o.expiring.total, len(o.expiring.items), "credits.csv")}
	for i := range o.expiring.items {
		c := &o.expiring.items[i]
		number := c.Document.Number
		t.Rows = append(t.Rows, []pageCell{{Text: number}, {Text: o.account(c.Account)}, {Text: c.ExpiresOn.String()},
			{Text: o.words.money(c.Balance()), Right: true}})
	}
	return t
}

func (o *openPage) limitTable() pageTable {
	var t pageTable
	near := 0
	for _, l := range o.limits.items {
		if l.basisPoint < 100*nearlyPercent {
			continue
		}
		near++
		next := l.on.nextOn.String()
		if l.on.next.IsSet() {
			next += ": " + o.words.money(l.on.next)
		}
		t.Rows = append(t.Rows, []pageCell{{Text: o.account(l.account)}, {Text: o.words.money(l.on.used), Right: true},
			{Text: o.words.money(l.limit.Sub(l.on.used)), Right: true}, {Text: next}})
	}
	if near == pageEntries && o.limits.total > near {
		t.Rest = "... " + o.words.More + " limits.csv"
	}
	return t
}

func (o *openPage) refusedTable() pageTable {
	t := pageTable{Rest: o.rest(o.refused.total, len(o.refused.items), "rejected-rows.csv")}
	for _, r := range o.refused.items {
		t.Rows = append(t.Rows, []pageCell{{Text: r.place}, {Text: r.what}, {Text: r.fix}})
	}
	return t
}

// lackTable says what documents lacked to be e-invoices (DOC-6), or what must be known
// of them. The parts that write them are closed before the page.
func (o *openPage) lackTable(warnings bool) pageTable {
	lacking := slices.DeleteFunc(slices.Concat(o.press.einvoicing.Lacking, o.press.warnings), func(l Lack) bool { return l.Warning != warnings })
	t := pageTable{W: o.words, Rest: o.rest(len(lacking), pageEntries, manifestName)}
	for _, l := range lacking[:min(len(lacking), pageEntries)] {
		says := cmp.Or(o.words.lacks[l.Rule], l.Says)
		var names []string
		for _, id := range l.Accounts {
			names = append(names, cmp.Or(o.names[id], id))
		}
		if len(names) == lackedAccounts {
			names = append(names, "...")
		}
		t.Rows = append(t.Rows, []pageCell{{Text: says + " (" + l.Rule + ")"}, {Text: strings.Join(names, ", ")}, {Text: itoa(l.Documents), Right: true}})
	}
	return t
}

func (o *openPage) documentTable() pageTable {
	t := pageTable{Rest: o.rest(o.documents.total, len(o.documents.items), "documents.csv")}
	for _, d := range o.documents.items {
		t.Rows = append(t.Rows, []pageCell{{Text: d.number, Link: o.press.documentPath(d.account, d.number)}, {Text: o.words.paper.titles[d.kind]}, {Text: o.account(d.account)},
			{Text: o.words.money(d.gross), Right: true}})
	}
	return t
}

// files are the files of the folder that a person opens.
func (o *openPage) files() []string {
	var files []string
	for _, name := range o.press.outputs {
		if !strings.HasSuffix(name, "/") && name != o.name {
			files = append(files, name)
		}
	}
	return append(files, manifestName)
}
