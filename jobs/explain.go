package jobs

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"prorata/invoicing"
	"prorata/jobs/ledger"
)

// Explanation is what is kept of a decision, a document, an exchange, an invoice that
// came in, or a credit that was brought in: one of Decision, Document, Exchange,
// Received and Credit says which.
type Explanation struct {
	Run      int // of a decision, a document or an exchange
	AsOf     string
	Decision *invoicing.Decision
	Exchange string       // its ExchangeId; Because has its lines, as they were decided or held last
	Held     []HeldNights // of a decision: the nights before on which the request was held, oldest first
	Reversed *Undone      // of a decision: nil where no Reverse undid it
	Of       string       // of a decision held for ReservationUnknown: the order of which it names a reservation; empty for none that is known
	Document *invoicing.Document
	Received []ReceivedInvoice    // one; more where accounts or currencies share its number
	Line     int                  // of the document, from 1; 0 is all of it
	Lines    []invoicing.Step     // of the document, or of its one line: how its net came about
	Because  []invoicing.Decision // of a document or a line: the decisions behind it
	After    []invoicing.Document // of an invoice of ours: what was issued against it, and against what replaced it, oldest first
	Credit   *CreditTold          // that the document granted, nil where it granted none; or that was brought in
	Inputs   []ledger.File        // the files that its sources are in, by number
}

// ReceivedInvoice is a customer's invoice as it came in, in the register or by the
// purchases that name it.
type ReceivedInvoice struct {
	invoicing.Invoice
	Registered bool                 // in the register
	After      []invoicing.Document // what was issued against it, and against what replaced it, oldest first
	Standing   string               // the number of the invoice that stands for it today; its own where none replaced it
}

// Explain finds a request or an exchange by its id, a document or an invoice that came
// in by its number, a line of one (INV-2026-000001#2), or a credit that was brought in
// by its row (#5!Opening!3). An id that nothing bears is an error.
func Explain(path, id string) (*Explanation, error) {
	l, err := ledger.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	run, group, err := l.FindDecision(id)
	line, request := 0, run > 0
	if err == nil && run == 0 {
		id, line = lineOf(id)
		run, group, err = findDocument(l, id)
	}
	if err != nil {
		return nil, err
	}
	if run == 0 {
		return explainElse(l, id, line)
	}
	s, err := l.Settlement(run, group)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Run: run, AsOf: s.AsOf.String()}
	if !e.find(s, id, request) {
		return nil, fmt.Errorf("run %d names %q, but its settlement does not: verify the ledger", run, id)
	}
	if err := e.tell(l, s, line); err != nil {
		return nil, err
	}
	return e, e.findInputs(l)
}

// tell adds what other nights say of what was found; s is its settlement.
func (e *Explanation) tell(l *ledger.Ledger, s *invoicing.Settlement, line int) (err error) {
	if e.Decision != nil {
		if e.Decision.Reasons.Has(invoicing.ReservationUnknown) {
			e.Of, err = l.OrderOfReservation(e.Decision.Request.Order)
		}
		return errors.Join(err, e.tellNights(l))
	}
	if e.Document.Type == invoicing.InvoiceDoc {
		e.After, err = issuedAgainst(l, e.Document.Account, e.Document.Number)
	}
	return errors.Join(err, e.tellLines(l, line), e.tellGranted(l, s))
}

// tellLines tells how each line of the document came about, and keeps one of them
// where one is named.
func (e *Explanation) tellLines(l *ledger.Ledger, line int) error {
	b := invoicing.Background{Decisions: e.Because}
	if !e.Document.Credit.IsZero() {
		for s, err := range l.SettlementsNaming(e.Document.Account) {
			if err != nil {
				return err
			}
			if b.Follow(e.Document, s) {
				break
			}
		}
	}
	for i := range e.Document.Lines {
		e.Lines = append(e.Lines, e.Document.LineStep(i, &b))
	}
	if line > 0 {
		return e.narrow(line)
	}
	return nil
}

// lineOf splits INV-2026-000001#2 into the number and the line; 0 where none is named.
func lineOf(id string) (number string, line int) {
	at := strings.LastIndexByte(id, '#')
	if at < 0 {
		return id, 0
	}
	n, err := strconv.Atoi(id[at+1:])
	if err != nil || n < 1 {
		return id, 0
	}
	return id[:at], n
}

// findDocument finds one of our numbers, else a revision of any invoice.
func findDocument(l *ledger.Ledger, number string) (run int, group string, err error) {
	run, group, err = l.FindDocument(number)
	if err == nil && run == 0 && strings.Contains(number, "-R") {
		return l.FindRevision(number)
	}
	return run, group, err
}

// narrow keeps of a document one line, and the decisions on its order.
func (e *Explanation) narrow(line int) error {
	if line > len(e.Document.Lines) {
		return fmt.Errorf("%s has %s; there is no line %d", e.Document.Number, invoicing.Counted(len(e.Document.Lines), "line", "lines"), line)
	}
	e.Line, e.Lines = line, e.Lines[line-1:line]
	order := e.Document.Lines[line-1].Order
	e.Because = slices.DeleteFunc(e.Because, func(d invoicing.Decision) bool { return d.Request.Order != order })
	return nil
}

// find takes the decision or the document out of its settlement: a request may be
// called by a document's number.
func (e *Explanation) find(s *invoicing.Settlement, id string, request bool) bool {
	for i := range s.Decisions {
		if request && s.Decisions[i].Request.ID == id {
			e.Decision = &s.Decisions[i]
			return true
		}
	}
	for i := range s.Documents {
		d := &s.Documents[i]
		if d.Number == id || e.Document == nil && strings.EqualFold(d.Number, id) {
			e.Document = d
		}
	}
	if e.Document == nil {
		return false
	}
	for _, request := range e.Document.Requests {
		for i := range s.Decisions {
			if s.Decisions[i].Request.ID == request {
				e.Because = append(e.Because, s.Decisions[i])
			}
		}
	}
	return true
}

// findInputs names the files of the sources.
func (e *Explanation) findInputs(l *ledger.Ledger) (err error) {
	var cited []invoicing.Source
	if e.Decision != nil {
		cited = append(cited, e.Decision.Sources...)
	}
	for i := range e.Because {
		cited = append(cited, e.Because[i].Sources...)
	}
	for i := range e.Received {
		for j := range e.Received[i].Lines {
			cited = append(cited, e.Received[i].Lines[j].Sources...)
		}
	}
	if e.Credit != nil {
		cited = append(cited, e.Credit.Brought)
		for _, m := range e.Credit.Moves {
			cited = append(cited, m.Source)
		}
	}
	if e.Document != nil {
		for i := range e.Document.Lines {
			if e.Line == 0 || e.Line == i+1 {
				cited = append(cited, e.Document.Lines[i].Sources...)
			}
		}
	}
	e.Inputs, err = filesOf(l, cited)
	return err
}
