package importers

import (
	_ "embed" // aliases.csv, words.csv
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"

	"prorata/importers/table"
)

//go:embed aliases.csv
var aliasesCSV string

// saying is one line of aliases.csv or words.csv: what people say for something.
type saying struct {
	in, of string // the sheet and its column, * for every sheet that has it; or the column and its value
	names  []string
}

var aliasLines = readOnce("aliases.csv", aliasesCSV, readSayings)

// readOnce reads an embedded file when it is first asked for; a line that is wrong
// is a mistake of the program.
func readOnce[T any](file, text string, read func(text string) (T, error)) func() T {
	return sync.OnceValue(func() T {
		all, err := read(text)
		if err != nil {
			panic("importers: " + file + ": " + err.Error())
		}
		return all
	})
}

// linesOf is the lines of an embedded file below its header.
func linesOf(text string, columns int) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	r.FieldsPerRecord = columns
	lines, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	return lines[1:], nil
}

func readSayings(text string) ([]saying, error) {
	lines, err := linesOf(text, 5)
	if err != nil {
		return nil, err
	}
	var out []saying
	for _, l := range lines {
		a := saying{in: l[0], of: l[1]}
		for _, language := range l[2:] {
			for _, name := range strings.Split(language, ";") {
				if name = strings.TrimSpace(name); name == "" {
					return nil, fmt.Errorf("line %q", strings.Join(l, ","))
				}
				a.names = append(a.names, name)
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// aliasesOf returns what else people call a column of a house sheet, each name
// once, as headers are looked up.
func aliasesOf(sheet, column string) []string {
	var out []string
	for _, l := range aliasLines() {
		if l.of != column || l.in != sheet && l.in != "*" {
			continue
		}
		for _, name := range l.names {
			if name = table.Canonical(name); !slices.Contains(out, name) && name != table.Canonical(column) {
				out = append(out, name)
			}
		}
	}
	return out
}

//go:embed words.csv
var wordsCSV string

var wordLines = readOnce("words.csv", wordsCSV, readSayings)

// wordsOf returns what people write for the values of a column, as words are
// compared, each with its value.
func wordsOf(column string) map[string]string {
	var out map[string]string
	for _, l := range wordLines() {
		if l.in != column {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[l.of] = l.of // as it is, most cells say it
		for _, name := range l.names {
			out[bareWord(name)] = l.of
		}
	}
	return out
}

// maxWordSaid is the length of the longest word that is looked up, in bytes.
const maxWordSaid = 60

// value is what a cell of the column says: the value that a person's word stands
// for, nothing where that may be and the cell says so, or the cell as it is.
func (c *Column) value(cell string) string {
	if cell == "" || len(cell) > maxWordSaid {
		return cell
	}
	if v, ok := c.words[cell]; ok {
		return v
	}
	if c.Type == table.Text && !c.Filled && c.Values == nil && isNone(cell) {
		return ""
	}
	if c.words == nil {
		return cell
	}
	if v, ok := c.words[bareWord(cell)]; ok {
		return v
	}
	return cell
}
