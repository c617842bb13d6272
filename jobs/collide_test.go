package jobs_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/jobs"
)

// TestNamesCollide: billers whose files call accounts, orders, invoices, requests and
// exchanges by the same few names, some of them numbers of ours or hard on a file. No
// night is stopped by it: each is published in all formats, its proof holds, its files
// can be read, what its documents name was issued or came in, and every line and request is
// explained; the same night again does nothing, and verify finds nothing. The same few
// billers each time here; hundreds of others with -tags long.
func TestNamesCollide(t *testing.T) {
	billers, seed := 4, uint64(1)
	if long {
		billers, seed = 400, rand.Uint64()
	}
	var nights, approved atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d nights, %d approved", nights.Load(), approved.Load())
		if long && approved.Load() < nights.Load() {
			t.Errorf("%d approved in %d nights prove little", approved.Load(), nights.Load())
		}
	})
	for i := range billers {
		t.Run(fmt.Sprint(seed+uint64(i)), func(t *testing.T) {
			t.Parallel()
			c := newCollision(t, seed+uint64(i))
			for night := range 2 + c.IntN(4) {
				report := c.night(night)
				nights.Add(int64(min(report.Run, 1)))
				approved.Add(int64(report.Decided["Approved"]))
			}
			c.asked()
		})
	}
}

// night is a night on what lies in the inbox, and the same night again.
func (c *collision) night(n int) *jobs.Report {
	c.t.Helper()
	c.arrive(n)
	r := jobs.Run{Inbox: c.inbox, Out: c.out, Ledger: c.ledger, AsOf: c.asOf, Policies: c.policies, Seller: c.seller, Formats: exporters.AllFormats, Version: "test",
		Log: zerolog.Nop()}
	report, err := r.Do(context.Background())
	if err != nil {
		c.t.Fatalf("night %s: %v", c.asOf, err)
	}
	if report.Run > 0 {
		if len(report.Proof) == 0 && len(report.Decided) > 0 {
			c.t.Errorf("night %s has no proof", c.asOf)
		}
		wellFormed(c.t, report.Folder)
		checkYears(c.t, report.Folder, 1000*c.brought)
		c.documents(report.Folder)
		c.decisions(report.Folder)
	}
	if again, err := r.Do(context.Background()); err != nil || again.Run != 0 {
		c.t.Errorf("night %s again: run %d, %v", c.asOf, again.Run, err)
	}
	c.asOf += money.Date(one(c, 0, 1, 1, 5, 30, 95))
	return report
}

// documents requires that every number is given once, that what a document or the
// journal names was issued or came in, and that every line is explained.
func (c *collision) documents(folder string) {
	c.t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "documents", "*.json"))
	if rows := registerRows(c.t, filepath.Join(folder, "documents.csv")); err != nil || len(rows) != len(files) {
		c.t.Errorf("%s: %d documents in the register, %d files, %v", folder, len(rows), len(files), err)
	}
	all := make([]exporters.DocumentJSON, len(files))
	for i, path := range files {
		d := &all[i]
		if err := json.Unmarshal([]byte(read(c.t, path)), d); err != nil {
			c.t.Fatal(err)
		}
		if c.issued[d.Number]++; c.issued[d.Number] > 1 && d.Type != "InvoiceRevision" {
			c.t.Errorf("%s: the number %s was used before", folder, d.Number)
		}
	}
	for _, d := range all {
		for _, named := range slices.Concat(d.Cancels, d.Replaces, d.Revises, d.Credits) {
			if c.issued[named] == 0 && !c.said[named] {
				c.t.Errorf("%s: %s names %q, which nobody issued", folder, d.Number, named)
			}
		}
		for i := range d.Lines {
			line := fmt.Sprintf("%s#%d", d.Number, i+1)
			if c.issued[d.Number] > 1 || c.said[d.Number] && d.Type == "InvoiceRevision" || c.said[line] {
				continue // of several that have one number, or one id, explain tells one
			}
			if e, err := jobs.Explain(c.ledger, line); err != nil || e.Document == nil || e.Document.Number != d.Number {
				c.t.Errorf("%s: explaining %s: %v, %+v", folder, line, err, e)
			}
		}
	}
	for _, x := range registerRows(c.t, filepath.Join(folder, "journal.csv")) {
		if c.issued[shown(x["Document"])] == 0 {
			c.t.Errorf("%s: the journal names %q", folder, x["Document"])
		}
	}
}

// decisions requires that every request is explained.
func (c *collision) decisions(folder string) {
	c.t.Helper()
	for _, x := range registerRows(c.t, filepath.Join(folder, "decisions.csv")) {
		id := shown(x["RequestId"])
		if e, err := jobs.Explain(c.ledger, id); err != nil || e.Decision == nil || e.Decision.Request.ID != id {
			c.t.Errorf("%s: explaining the request %q: %v, %+v", folder, id, err, e)
		}
	}
}

// shown is the text of a cell that no spreadsheet program executes (OUT-7).
func shown(cell string) string { return strings.TrimPrefix(cell, "'") }

// asked asks of all nights what may be asked of a ledger.
func (c *collision) asked() {
	c.t.Helper()
	compare := jobs.Compare{Ledger: c.ledger, A: c.policies, B: azure2020(c.t), Log: zerolog.Nop()}
	if _, err := compare.Do(context.Background()); err != nil {
		c.t.Errorf("compare: %v", err)
	}
	breaks, _, err := jobs.Breaks(c.ledger, jobs.BreakFilter{})
	if err != nil {
		c.t.Errorf("breaks: %v", err)
	}
	for _, b := range breaks {
		if _, err := jobs.FindBreak(c.ledger, b.ID); err != nil {
			c.t.Errorf("break %s: %v", b.ID, err)
		}
	}
	v, err := jobs.Verify(context.Background(), c.ledger, c.out, "test", nil)
	if err != nil || len(v.Problems)+len(v.Others) > 0 {
		c.t.Errorf("verify: %v %v, %v", v.Problems, v.Others, err)
	}
}

// wellFormed reads every file of a folder as who receives it does.
func wellFormed(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := readable(path, read(t, path)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readable(path, body string) error {
	switch filepath.Ext(path) {
	case ".csv": // all rows have as many cells as the first
		_, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		return err
	case ".json":
		if !json.Valid([]byte(body)) {
			return errors.New("no JSON")
		}
	case ".xml":
		for d := xml.NewDecoder(strings.NewReader(body)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	case ".hledger":
		if hledger, err := exec.LookPath("hledger"); err == nil {
			if said, err := exec.Command(hledger, "-f", path, "check", "--strict").CombinedOutput(); err != nil {
				return fmt.Errorf("%w: %.400s", err, said)
			}
		}
	}
	return nil
}
