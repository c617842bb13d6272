package ledger

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"prorata/invoicing"
)

// maxFaultText is the most that a fault quotes of a value (Fault.Value).
const maxFaultText = 200

// cut shortens a text to what a fault may quote, at the end of a character.
func cut(s string) string {
	if len(s) <= maxFaultText {
		return s
	}
	n := maxFaultText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.ToValidUTF8(s[:n], "?")
}

// fault puts a fault with those of the run: in the order of file and row, those
// of one row as they came.
func (i *Import) fault(f invoicing.Fault) error {
	key := putNumber(putNumber(putNumber(nil, i.run), f.Source.File), f.Source.Row)
	c := codec{writing: true, version: codecVersion}
	c.put(c.version)
	c.fault(&f)
	return i.faults.add(key, c.out)
}

func (c *codec) fault(f *invoicing.Fault) {
	c.str(&f.Code)
	c.source(&f.Source)
	c.str(&f.Column)
	c.str(&f.Value)
	c.str(&f.Expected)
	c.str(&f.Fix)
}

func decodeFault(b string) (f invoicing.Fault, err error) {
	c := codec{in: b, size: len(b)}
	if c.version = c.get(); c.version != codecVersion {
		c.fail("it is of a version that this program does not know")
	}
	c.fault(&f)
	if c.err != nil {
		return f, fmt.Errorf("reading a refusal: %w", c.err)
	}
	return f, nil
}

// Refusals returns what was refused in a run, in the order of file and row.
func (l *Ledger) Refusals(run int) ([]invoicing.Fault, error) {
	var all []invoicing.Fault
	err := l.walk(onRefusal, putNumber(nil, run), func(_, value []byte) error {
		f, err := decodeFault(string(value))
		all = append(all, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what run %d refused: %w", run, err)
	}
	return all, nil
}

// Faulty returns the files of a run of which anything was refused: rows, a sheet
// or the file itself.
func (l *Ledger) Faulty(run int) (map[int]bool, error) {
	faults, err := l.Refusals(run)
	files := map[int]bool{}
	for _, f := range faults {
		files[f.Source.File] = true
	}
	return files, err
}
