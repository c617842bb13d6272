package jobs_test

import (
	"bytes"
	"cmp"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// IMP-9: what the sample's inbox says is said as well by its files under other
// names and so in another order, by its workbook saved again, with each sheet in a
// workbook of its own, or with the rows of every file spread over two: the same
// decisions, amounts, documents and numbers. Only sources differ.
func TestSameWhateverTheFiles(t *testing.T) {
	want := registersOf(t, "../fixtures/inbox")
	for name, rewrite := range map[string]func(*testing.T, string, []byte) [][]byte{
		"in another order":    func(_ *testing.T, _ string, b []byte) [][]byte { return [][]byte{b} },
		"saved again":         savedAgain,
		"one sheet, one file": sheetBySheet,
		"split in two":        inTwo,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inbox := t.TempDir()
			entries, err := os.ReadDir("../fixtures/inbox")
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range entries {
				for k, body := range rewrite(t, e.Name(), []byte(read(t, filepath.Join("../fixtures/inbox", e.Name())))) {
					to := fmt.Sprintf("%02d-%d %s", len(entries)-i, 9-k, e.Name())
					if err := os.WriteFile(filepath.Join(inbox, to), body, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			got := registersOf(t, inbox)
			for register := range want {
				if !slices.Equal(got[register], want[register]) {
					t.Errorf("%s has\n%s\nwant\n%s", register, strings.Join(without(got[register], want[register]), "\n"), strings.Join(without(want[register], got[register]), "\n"))
				}
			}
		})
	}
}

// registersOf runs a night over an inbox and returns what it published, without
// sources.
func registersOf(t *testing.T, inbox string) map[string][]string {
	t.Helper()
	c := &caseRun{out: t.TempDir(), policies: azure2020(t), got: map[string][]row{}}
	c.night(t, "2026-11-22", inbox)
	out := map[string][]string{}
	for _, register := range []string{"decisions", "documents", "document-lines", "journal", "credits"} {
		for _, r := range c.got[register] {
			delete(r, "Source")
			out[register] = append(out[register], fmt.Sprint(r))
		}
		if len(out[register]) < 10 {
			t.Fatalf("%s has %d rows", register, len(out[register]))
		}
	}
	return out
}

func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(others, s) })
}

func isBook(name string) bool { return filepath.Ext(name) == ".xlsx" }

func opened(t *testing.T, book []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func written(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// savedAgain is the same cells in other bytes.
func savedAgain(t *testing.T, name string, body []byte) [][]byte {
	if !isBook(name) {
		return [][]byte{append([]byte("\xef\xbb\xbf"), bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))...)}
	}
	return [][]byte{written(t, opened(t, body))}
}

// sheetBySheet is a workbook for each sheet.
func sheetBySheet(t *testing.T, name string, body []byte) (all [][]byte) {
	if !isBook(name) {
		return [][]byte{body}
	}
	for _, keep := range opened(t, body).GetSheetList() {
		f := opened(t, body)
		for _, sheet := range f.GetSheetList() {
			if sheet != keep {
				if err := f.DeleteSheet(sheet); err != nil {
					t.Fatal(err)
				}
			}
		}
		all = append(all, written(t, f))
	}
	return all
}

// inTwo spreads the rows of a file, identical ones to the same half; what stands
// above them, with the header, stays in both.
func inTwo(t *testing.T, name string, body []byte) (all [][]byte) {
	for half := range uint32(2) {
		if isBook(name) {
			all = append(all, halfBook(t, opened(t, body), half))
			continue
		}
		lines := strings.SplitAfter(string(body), "\n")
		head := 1 + slices.IndexFunc(lines, func(l string) bool { return strings.Count(l, ",")+strings.Count(l, ";") > 3 })
		rows := slices.DeleteFunc(slices.Clone(lines[head:]), func(l string) bool { return crc32.ChecksumIEEE([]byte(l))%2 != half })
		all = append(all, []byte(strings.Join(lines[:head], "")+strings.Join(rows, "")))
	}
	return all
}

func halfBook(t *testing.T, f *excelize.File, half uint32) []byte {
	t.Helper()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		widest := slices.MaxFunc(rows, func(a, b []string) int { return cmp.Compare(len(a), len(b)) })
		head := slices.IndexFunc(rows, func(r []string) bool { return len(r)*2 > len(widest) && slices.Index(r, "") < 0 })
		for i := len(rows) - 1; i > head; i-- {
			if crc32.ChecksumIEEE([]byte(strings.Join(rows[i], "\x00")))%2 != half {
				if err := f.RemoveRow(sheet, i+1); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return written(t, f)
}
