package ledger

import (
	"bytes"
	"cmp"
	"slices"

	"prorata/invoicing"
)

// account: rows of one run may differ in the commitment term alone; a later run's
// row replaces, and commitment terms accumulate by their first day (IMP-10).
func (j *judging) account(rows []keyedRow) error {
	bases, terms, err := splitTerms(rows)
	if err != nil {
		return err
	}
	var now []invoicing.CommitmentTerm
	for _, t := range terms {
		now = append(now, t...)
	}
	now, clash := unite(now, nil)
	if clash || !agree(bases) {
		return j.refuseAll(rows, accountConflict)
	}
	old, ok, err := j.stored(rows[0].key)
	if err != nil {
		return err
	}
	var was invoicing.Account
	if ok {
		if was, err = decodeAccount(string(old.content)); err != nil {
			return err
		}
	}
	is, err := decodeAccount(string(bases[0].content))
	if err != nil {
		return err
	}
	is.Terms, _ = unite(now, was.Terms)
	next := keyedRow{rows[0].key, rows[0].src, encodeAccount(nil, &is)}
	j.countAccountRows(rows, bases, terms, &was, ok)
	if ok && bytes.Equal(next.content, old.content) {
		return nil
	}
	j.touch([]byte(is.ID))
	return j.put(next)
}

// countAccountRows counts as known the rows that say nothing beyond the books and
// the rows before them.
func (j *judging) countAccountRows(rows, bases []keyedRow, terms [][]invoicing.CommitmentTerm, was *invoicing.Account, ok bool) {
	said := slices.Clone(was.Terms)
	base := *was
	base.Terms = nil
	same := ok && bytes.Equal(encodeAccount(nil, &base), bases[0].content)
	for n, r := range rows {
		news := !same && n == 0
		for _, t := range terms[n] {
			news = news || !slices.Contains(said, t)
		}
		said = append(said, terms[n]...)
		if !news {
			j.known(r)
		}
	}
}

// splitTerms takes the commitment terms off rows of an account.
func splitTerms(rows []keyedRow) (bases []keyedRow, terms [][]invoicing.CommitmentTerm, err error) {
	for _, r := range rows {
		a, err := decodeAccount(string(r.content))
		if err != nil {
			return nil, nil, err
		}
		terms = append(terms, a.Terms)
		a.Terms = nil
		bases = append(bases, keyedRow{r.key, r.src, encodeAccount(nil, &a)})
	}
	return bases, terms, nil
}

// unite puts terms and those of earlier runs in order. Of two that begin on one
// day, one of now replaces an earlier one; two of now clash.
func unite(now, earlier []invoicing.CommitmentTerm) (all []invoicing.CommitmentTerm, clash bool) {
	byStart := func(a, b invoicing.CommitmentTerm) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	}
	all = slices.Clone(now)
	slices.SortFunc(all, byStart)
	all = slices.Compact(all)
	for n := 1; n < len(all); n++ {
		clash = clash || all[n].Start == all[n-1].Start
	}
	for _, t := range earlier {
		if !slices.ContainsFunc(now, func(x invoicing.CommitmentTerm) bool { return x.Start == t.Start }) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, byStart)
	return all, clash
}
