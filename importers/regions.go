package importers

import (
	_ "embed" // regions.csv
	"fmt"
	"strings"
)

//go:embed regions.csv
var regionsCSV string

// meterRegions is regions.csv: the region's name by what price sheets call it, in
// lower case and without spaces.
var meterRegions = readOnce("regions.csv", regionsCSV, readRegions)

func readRegions(text string) (map[string]string, error) {
	lines, err := linesOf(text, 2)
	if err != nil {
		return nil, err
	}
	regions := map[string]string{}
	for _, l := range lines {
		name := strings.ToLower(strings.ReplaceAll(l[0], " ", ""))
		if _, twice := regions[name]; twice || name == "" || l[1] == "" || strings.ToLower(l[1]) != l[1] {
			return nil, fmt.Errorf("line %q", strings.Join(l, ","))
		}
		regions[name] = l[1]
	}
	return regions, nil
}
