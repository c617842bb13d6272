package table

import (
	"bytes"
	"strings"
)

// delimiters are those tried, the likeliest first (IMP-7).
var delimiters = []byte{',', ';', '\t', '|'}

// openCSV reads a text file whole. The delimiter is the one with which a header
// is found; where none is, the one that gives the widest rows.
func openCSV(b []byte, score Score) ([]Table, *Problem) {
	text, problem := Decode(b)
	if problem != nil {
		return nil, problem
	}
	if i := bytes.IndexAny(text, "\r\n"); i >= 0 && text[i] == '\r' && !bytes.HasPrefix(bytes.TrimLeft(text[i:], "\r"), []byte{'\n'}) { // as old programs of the Mac end lines
		text = bytes.ReplaceAll(text, []byte{'\r'}, []byte{'\n'})
	}
	delim, text, skipped := chooseDelimiter(text, score)
	const limit = MaxRows + HeaderDepth + 1
	rows, problem := csvRows(text, delim, limit, skipped)
	if problem != nil {
		return nil, problem
	}
	var t Table
	if len(rows) == limit { // what stands below was not read
		t.Problem = tooManyRows()
	}
	tables := tablesOf(t, rows, score)
	for i := range tables {
		countFields(&tables[i])
	}
	return tables, nil
}

// chooseDelimiter returns the delimiter, and the text behind a line "sep=;" with
// which a spreadsheet program may be told (skipped is then 1).
func chooseDelimiter(text []byte, score Score) (delim byte, rest []byte, skipped int) {
	if line, rest, _ := bytes.Cut(text, []byte{'\n'}); len(line) >= 5 && len(line) <= 6 && bytes.EqualFold(line[:4], []byte("sep=")) {
		return line[4], rest, 1
	}
	delim = delimiters[0]
	best, widest := -1, 0
	head := text[:min(len(text), 1<<20)]
	for _, d := range delimiters {
		rows, problem := csvRows(head, d, HeaderDepth, 0)
		if problem != nil {
			continue
		}
		at, s, ok := findHeader(rows, score)
		if !ok {
			continue
		}
		if width := len(rows[at].Cells); s > best || s == best && width > widest {
			delim, best, widest = d, s, width
		}
		if s >= Sure {
			break
		}
	}
	return delim, text, 0
}

// csvRows reads at most limit rows that are not blank; the cells are parts of one
// copy of the text. before is how many rows stand above the text.
func csvRows(text []byte, delim byte, limit, before int) ([]Row, *Problem) {
	s := NewScanner(delim, MaxColumns)
	s.Reset(text, ScanState{}, true)
	whole := string(text)
	rows := make([]Row, 0, min(limit, bytes.Count(text, []byte{'\n'})+1))
	var slab []string // cells are allotted from it
	kept := 0
	for s.Next() && len(rows) < limit {
		row := Row{Number: before + s.Rows(), Fault: s.Fault()}
		n := len(s.fields)
		if kept += 16 * n; kept > MaxKept {
			return nil, &Problem{"FileTooLarge", "", "at most 16 million cells", "split the file into several"}
		}
		if cap(slab)-len(slab) < n {
			slab = make([]string, 0, max(4096, n))
		}
		from := len(slab)
		empty := true
		for i, f := range s.fields {
			cell := whole[f.Start:f.End]
			if f.Escaped {
				cell = string(s.Bytes(i))
			}
			slab = append(slab, cell)
			empty = empty && strings.TrimSpace(cell) == ""
			if len(cell) > MaxCell && row.Fault == "" {
				row.Fault = "TooLong"
			}
		}
		switch {
		case row.Fault != "":
		case s.nFields > n:
			row.Fault = "TooManyColumns"
		case s.CutOff():
			row.Fault = "CutOff"
		}
		row.Cells = slab[from:len(slab):len(slab)]
		if !empty || row.Fault != "" {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// countFields refuses rows whose number of fields is not that of the header: what
// is missing there is never taken for empty, and what is too much has shifted
// something. Empty fields behind the last column are no harm where the header has
// them too, or every row has.
func countFields(t *Table) {
	width := t.width
	if width == len(t.Header) && len(t.Rows) > 1 {
		width = len(t.Rows[0].Cells)
		for i := range t.Rows {
			if len(t.Rows[i].Cells) != width {
				width = len(t.Header)
				break
			}
		}
	}
	for i := range t.Rows {
		r := &t.Rows[i]
		n := len(r.Cells)
		if (r.Fault == "" || r.Fault == "CutOff") && n != len(t.Header) && (n != width || n < len(t.Header) || filled(r.Cells[len(t.Header):]) > 0) {
			r.Fault = "FieldCount"
		}
	}
}
