package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep a JSON file may be nested.
const maxDepth = 32

// isJSON reports whether a text file begins as JSON does.
func isJSON(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return false
	}
	next := bytes.TrimLeft(head[1:], " \t\r\n") // a title in brackets is none
	return len(next) == 0 || head[0] == '{' && (next[0] == '"' || next[0] == '}') || head[0] == '[' && (next[0] == '{' || next[0] == ']')
}

// openJSON reads the answer of one of the vendor's interfaces: a list of items, or
// an object with one, named value or items. Each item is a row, counted from 1,
// and each of its fields a column; those below "properties" stand for the item's
// own. What is nested otherwise is left out.
func openJSON(b []byte) ([]Table, *Problem) {
	if !utf8.Valid(b) { // which JSON always is
		return nil, &badJSON("bytes that are not UTF-8").Problem
	}
	text, problem := Decode(b)
	if problem != nil {
		return nil, problem
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	r := &jsonReader{d: d, columns: map[string]int{}}
	err := r.top()
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = badJSON("something behind its end")
		}
	}
	var u *unreadable
	switch {
	case errors.As(err, &u):
		return nil, &u.Problem
	case err != nil:
		return nil, &badJSON(err.Error()).Problem
	case len(r.table.Rows) == 0:
		return nil, nil
	}
	r.table.JSON = true
	return []Table{r.table}, nil
}

func badJSON(value string) *unreadable {
	return &unreadable{Problem{"BadContainer", cutValue("damaged JSON: " + value), "the whole answer of the interface, as JSON", "fetch it again, or send the export as CSV"}}
}

// jsonReader makes rows of the items of a JSON file.
type jsonReader struct {
	d       *json.Decoder
	table   Table
	columns map[string]int
	kept    int
	listed  bool // a list of items was found
}

type field struct {
	name, text string
	mark       Mark
}

// item is the fields of an object, and those of its properties.
type item struct {
	own, below []field
	nested     bool // it has properties
}

// top reads the list, or the object that holds it. An object without a list is an
// item itself.
func (r *jsonReader) top() error {
	t, err := r.d.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('['):
		return r.items()
	case json.Delim('{'):
		var alone item
		if err := r.object(&alone, 1, true); err != nil || r.listed {
			return err
		}
		return r.row(&alone)
	}
	return badJSON("neither a list nor an object")
}

// items reads a list whose bracket is read.
func (r *jsonReader) items() error {
	if r.listed {
		return badJSON("two lists of items")
	}
	r.listed = true
	for r.d.More() {
		t, err := r.d.Token()
		if err != nil {
			return err
		}
		if t != json.Delim('{') {
			return badJSON("an item that is no object")
		}
		var it item
		if err := r.object(&it, 2, false); err != nil {
			return err
		}
		if err := r.row(&it); err != nil {
			return err
		}
	}
	_, err := r.d.Token()
	return err
}

// object reads the fields of an object whose brace is read; lists says that one of
// them may be the list of items.
func (r *jsonReader) object(it *item, depth int, lists bool) error {
	for r.d.More() {
		t, err := r.d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		value, err := r.d.Token()
		if err != nil {
			return err
		}
		switch {
		case value == json.Delim('[') && lists && (strings.EqualFold(name, "value") || strings.EqualFold(name, "items")):
			err = r.items()
		case value == json.Delim('{') && name == "properties" && !it.nested:
			it.nested = true
			var inner item
			err = r.object(&inner, depth+1, false)
			it.below = inner.own
		default:
			err = r.value(&it.own, name, value, depth)
		}
		if err != nil {
			return err
		}
		if lists && strings.HasSuffix(strings.ToLower(name), "nextlink") || lists && strings.EqualFold(name, "NextPageLink") {
			if next, _ := value.(string); next != "" {
				r.table.Note = "this is one page of several: it names a next one, which has to be dropped too"
			}
		}
	}
	_, err := r.d.Token()
	return err
}

// value keeps a field, or leaves out what is nested.
func (r *jsonReader) value(to *[]field, name string, value json.Token, depth int) error {
	f := field{name: name}
	switch v := value.(type) {
	case json.Delim:
		return r.skip(depth + 1)
	case json.Number:
		f.text, f.mark = v.String(), IsText
		if plain, ok := exactNumber(f.text); ok {
			f.text, f.mark = plain, IsNumber
		}
	case string:
		f.text = v
	case bool:
		f.text = fmt.Sprint(v)
	}
	if len(*to) >= MaxColumns {
		return badJSON("an item with too many fields")
	}
	*to = append(*to, f)
	return nil
}

// exactNumber writes a number of JSON, which has all its digits, without an exponent.
func exactNumber(s string) (string, bool) {
	if len(s) <= 40 && digitsOnly(s) {
		return s, true
	}
	return plainNumber(s, false)
}

// skip reads to the end of an object or list whose bracket is read.
func (r *jsonReader) skip(depth int) error {
	for inside := 1; inside > 0; {
		if depth+inside > maxDepth {
			return badJSON(fmt.Sprintf("nested deeper than %d", maxDepth))
		}
		t, err := r.d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			inside++
		case json.Delim('}'), json.Delim(']'):
			inside--
		}
	}
	return nil
}

func (r *jsonReader) row(it *item) error {
	fields := it.own
	if it.nested {
		fields = it.below
	}
	row := Row{Number: len(r.table.Rows) + 1, Cells: make([]string, len(r.table.Header)), Marks: make([]Mark, len(r.table.Header))}
	seen := make([]bool, len(r.table.Header))
	for _, f := range fields {
		at, ok := r.columns[f.name]
		if !ok {
			at = len(r.table.Header)
			if at >= MaxColumns {
				return badJSON("items with too many different fields")
			}
			r.columns[strings.Clone(f.name)] = at
			r.table.Header = append(r.table.Header, f.name)
			row.Cells, row.Marks, seen = append(row.Cells, ""), append(row.Marks, IsText), append(seen, false)
		}
		if seen[at] {
			row.Fault = "FieldTwice"
		}
		if len(f.text) > MaxCell {
			row.Fault, f.text = "TooLong", f.text[:MaxCell]
		}
		row.Cells[at], row.Marks[at], seen[at] = f.text, f.mark, true
		r.kept += len(f.text)
	}
	if len(r.table.Rows) >= MaxRows {
		return &unreadable{*tooManyRows()}
	}
	if r.kept += 17*len(row.Cells) + 80; r.kept > MaxKept {
		return &unreadable{Problem{"FileTooLarge", "", "at most 256 MiB of fields", "split the file into several"}}
	}
	r.table.Rows = append(r.table.Rows, row)
	return nil
}
