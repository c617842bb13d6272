package importers

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestGoldens reads every file of testdata and compares what was handed on and
// refused with the golden beside it. A file without a golden fails, and a golden
// without its file.
func TestGoldens(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, path := range files {
		if name, isGolden := strings.CutSuffix(path, ".golden"); isGolden {
			if _, err := os.Stat(name); err != nil {
				t.Errorf("%s is a golden of nothing", path)
			}
			continue
		}
		seen++
		t.Run(filepath.Base(path), func(t *testing.T) {
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := read(t, path, file)
			if *update {
				if err := os.WriteFile(path+".golden", []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path + ".golden")
			if err != nil {
				t.Fatalf("no golden: %v", err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	if seen < 15 {
		t.Errorf("only %d files", seen)
	}
}
