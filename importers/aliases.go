package importers

import (
	_ "embed" // aliases.csv
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"prorata/importers/table"
)

//go:embed aliases.csv
var aliasesCSV string

// aliasLine is one line of aliases.csv.
type aliasLine struct {
	sheet, column string // sheet is * for every sheet that has the column
	names         []string
}

// aliasLines are read once; a line that is wrong is a mistake of the program.
var aliasLines = sync.OnceValue(func() []aliasLine {
	lines, err := readAliases(aliasesCSV)
	if err != nil {
		panic("importers: aliases.csv: " + err.Error())
	}
	return lines
})

func readAliases(text string) ([]aliasLine, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	r.FieldsPerRecord = 5
	lines, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var out []aliasLine
	for _, l := range lines[1:] {
		a := aliasLine{sheet: l[0], column: l[1]}
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
		if l.column != column || l.sheet != sheet && l.sheet != "*" {
			continue
		}
		for _, name := range l.names {
			if name = table.Canonical(name); !contains(out, name) && name != table.Canonical(column) {
				out = append(out, name)
			}
		}
	}
	return out
}
