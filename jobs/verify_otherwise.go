package jobs

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"prorata/invoicing"
	"prorata/jobs/ledger"
)

// settlement compares what a night decided and issued of a group with what it does
// when it is done again: for people, by request and by document.
func (r *redoing) settlement(run int, kept ledger.Evidence) error {
	was, err := ledger.DecodeSettlement(string(kept.Body))
	if err != nil {
		return fmt.Errorf("settlement of %s in run %d: %w", kept.Of, run, err)
	}
	is, err := r.again.Settlement(run, kept.Of)
	if err != nil {
		return err
	}
	before := r.found.Decisions.N + r.found.Documents.N
	compare(&r.found.Decisions, was.Decisions, is.Decisions, func(d *invoicing.Decision) string { return d.Request.ID }, decided)
	compare(&r.found.Documents, was.Documents, is.Documents, func(d *invoicing.Document) string { return d.Number }, issued)
	if r.found.Decisions.N+r.found.Documents.N == before {
		r.found.Rest.add("account %s: its credits, limit or draws are others", kept.Of)
	}
	return nil
}

// compare tells what is another of two lists, by id, in the order of the first.
func compare[T any](found *Found, was, is []T, id, says func(*T) string) {
	now := map[string]*T{}
	for i := range is {
		now[id(&is[i])] = &is[i]
	}
	for i := range was {
		then := &was[i]
		name, same := id(then), now[id(then)]
		delete(now, name)
		switch {
		case same == nil:
			found.add("%s: kept %s; done again there is none", name, says(then))
		case reflect.DeepEqual(then, same):
		case says(then) == says(same):
			found.add("%s: %s both times; how it came about, its lines or sources are others", name, says(then))
		default:
			found.add("%s: kept %s; done again %s", name, says(then), says(same))
		}
	}
	for i := range is {
		if name := id(&is[i]); now[name] != nil {
			found.add("%s: nothing is kept; done again %s", name, says(&is[i]))
		}
	}
}

// decided is a decision in few words: what became of it, its amounts and documents.
func decided(d *invoicing.Decision) string {
	words := []string{d.Outcome.String()}
	for _, r := range d.Reasons.List() {
		words = append(words, r.String())
	}
	if d.Refund.IsSet() {
		words = append(words, fmt.Sprintf("prorated %s - fee %s = %s", d.Prorated.Number(), d.Fee.Number(), d.Refund))
	}
	for _, r := range d.Documents {
		words = append(words, r.Number)
	}
	return strings.Join(words, " ")
}

// issued is a document in few words.
func issued(d *invoicing.Document) string {
	return fmt.Sprintf("%s of %s, net %s, tax %s, gross %s", d.Type, cmp.Or(strings.Join(d.Requests, " "), d.Account), d.Net.Number(), d.Tax.Number(), d.Gross)
}

// OtherVersion says for people that nights come out otherwise by this version of the
// program, and what to do; empty where none does.
func (v *Verification) OtherVersion() string {
	if len(v.Others) == 0 {
		return ""
	}
	first := &v.Others[0]
	return fmt.Sprintf("nothing that was read or published has changed, but version %s of the program decides or writes otherwise than version %s, from run %d on; "+
		"to do its nights again take version %s, which manifest.json in %s names; what differs in later nights may follow from it",
		v.Version, first.Version, first.Run, first.Version, first.Folder)
}
