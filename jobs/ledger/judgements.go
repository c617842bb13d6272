package ledger

import (
	"bytes"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// firstStands judges rows of an id whose content never changes: what is on the
// books stands.
func (j *judging) firstStands(rows []keyedRow, why conflict) (kept bool, err error) {
	old, ok, err := j.stored(rows[0].key)
	switch {
	case err != nil:
		return false, err
	case !ok && !agree(rows):
		return false, j.refuseAll(rows, why)
	case !ok:
		return true, j.keepFirst(rows)
	}
	for _, r := range rows {
		if bytes.Equal(r.content, old.content) {
			j.known(r)
			continue
		}
		faults, err := why.faults(r, old)
		if err != nil {
			return false, err
		}
		if err := j.refuse(r, faults); err != nil {
			return false, err
		}
	}
	return false, nil
}

// request: the same id with other content is refused (IMP-9). A new one waits to
// be decided.
func (j *judging) request(rows []keyedRow) error {
	if refused, err := j.tooLate(rows); err != nil || refused {
		return err
	}
	kept, err := j.firstStands(rows, requestConflict)
	if err != nil || !kept {
		return err
	}
	return j.await(rows[0])
}

// tooLate refuses a further line of an exchange that is decided (EXC-1).
func (j *judging) tooLate(rows []keyedRow) (bool, error) {
	r, err := decodeRequest(string(rows[0].content))
	if err != nil || r.Exchange == "" {
		return false, err
	}
	if _, known, err := j.stored(rows[0].key); err != nil || known {
		return false, err
	}
	if j.told.c == nil {
		if j.told.c, err = j.open(onDecided); err != nil {
			return false, err
		}
	}
	if _, _, decided, err := j.told.find(exchangeKey(r.Exchange)); err != nil || !decided {
		return false, err
	}
	for _, row := range rows {
		f := invoicing.Fault{Code: "ExchangeDecided", Column: "ExchangeId", Value: cut(r.Exchange),
			Expected: "lines of an exchange that is not decided yet", Fix: "send what is still wanted as a new exchange, with an ExchangeId of its own"}
		if err := j.refuse(row, []invoicing.Fault{f}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// rate: a published rate does not change.
func (j *judging) rate(rows []keyedRow) error {
	_, err := j.firstStands(rows, rateConflict)
	return err
}

// price: a later run's row replaces (IMP-10).
func (j *judging) price(rows []keyedRow) error {
	if !agree(rows) {
		return j.refuseAll(rows, priceConflict)
	}
	old, ok, err := j.stored(rows[0].key)
	if err != nil {
		return err
	}
	if !ok || !bytes.Equal(old.content, rows[0].content) {
		return j.keepFirst(rows)
	}
	for _, r := range rows {
		j.known(r)
	}
	return nil
}

// usage: the greatest telling stands. Its rows are not counted one by one.
func (j *judging) usage(rows []keyedRow) error {
	best := -1
	var least money.Decimal
	if old, ok, err := j.stored(rows[0].key); err != nil {
		return err
	} else if ok {
		u, err := decodeUsage(string(old.content))
		if err != nil {
			return err
		}
		least = u.UsedHours
	} else {
		least = money.NewDecimal(-1, 0)
	}
	for n, r := range rows {
		u, err := decodeUsage(string(r.content))
		if err != nil {
			return err
		}
		if u.UsedHours.Big().GreaterThan(least.Big()) {
			best, least = n, u.UsedHours
		}
	}
	if best < 0 {
		return nil
	}
	return j.put(rows[best])
}
