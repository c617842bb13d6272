package importers

import (
	_ "embed" // regions.csv
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

//go:embed regions.csv
var regionsCSV string

// meterRegions is regions.csv, read once: the region's name by what price sheets
// call it, in lower case and without spaces. A line that is wrong is a mistake of
// the program.
var meterRegions = sync.OnceValue(func() map[string]string {
	regions, err := readRegions(regionsCSV)
	if err != nil {
		panic("importers: regions.csv: " + err.Error())
	}
	return regions
})

func readRegions(text string) (map[string]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	r.FieldsPerRecord = 2
	lines, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	regions := map[string]string{}
	for _, l := range lines[1:] {
		name := strings.ToLower(strings.ReplaceAll(l[0], " ", ""))
		if _, twice := regions[name]; twice || name == "" || l[1] == "" || strings.ToLower(l[1]) != l[1] {
			return nil, fmt.Errorf("line %q", strings.Join(l, ","))
		}
		regions[name] = l[1]
	}
	return regions, nil
}
