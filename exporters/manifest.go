package exporters

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"prorata/jobs/durable"
)

// manifestName is the one file of a folder that the manifest does not list.
const manifestName = "manifest.json"

// manifestSchema names the shape below; a change that a reader must know of
// changes it.
const manifestSchema = "prorata/manifest/1"

// Manifest is manifest.json (OUT-6): what a folder was made from and what it
// holds. Dates are ISO, amounts decimal strings, hashes SHA-256 in hex. The
// manifest of a run carries the hash of the one before: a chain that no folder can
// be changed in, added to or taken from without a trace.
type Manifest struct {
	Schema  string `json:"schema"`
	Run     int    `json:"run"`
	Folder  string `json:"folder"`
	DryRun  bool   `json:"dryRun,omitempty"`
	AsOf    string `json:"asOf"`
	Version string `json:"version"`
	Formats string `json:"formats"`
	// PreviousManifest is the SHA-256 of the manifest of the run before; empty for the first.
	PreviousManifest string `json:"previousManifest"`
	// Inputs are the files that this run read, and those of earlier runs that a
	// row here cites, by number.
	Inputs   []Input       `json:"inputs"`
	Policies []PolicyEntry `json:"policies"`
	Outputs  []OutputEntry `json:"outputs"` // by name
	Counts   Counts        `json:"counts"`
	Sums     []Sums        `json:"sums"` // by currency
	Proof    []ProofLine   `json:"proof"`
	// EInvoicing is set where e-invoices were asked for.
	EInvoicing *EInvoicing `json:"eInvoicing,omitempty"`
	// Warnings are of documents that are as they were asked for.
	Warnings []Lack `json:"warnings,omitempty"`

	// SHA256 is of the file itself, where the manifest was read from one.
	SHA256 string `json:"-"`
}

// PolicyEntry is a policy of the manifest: see PolicyUse.
type PolicyEntry struct {
	ID     string `json:"id"`
	From   string `json:"from,omitempty"`
	SHA256 string `json:"sha256"`
}

// OutputEntry is one file of the folder; Rows counts those of a register, without
// its header.
type OutputEntry struct {
	Name   string `json:"name"` // with slashes
	Size   int64  `json:"size"`
	Rows   int    `json:"rows,omitempty"`
	SHA256 string `json:"sha256"`
}

// manifest describes what the press has written.
func (p *press) manifest(t *totals) *Manifest {
	n := p.night
	m := &Manifest{
		Schema: manifestSchema, Run: n.Run, Folder: n.Folder, DryRun: n.DryRun, AsOf: n.AsOf.String(), Version: n.Version,
		Formats: p.formats.String(), PreviousManifest: n.PreviousManifest,
		Inputs: []Input{}, Policies: []PolicyEntry{}, Outputs: p.written, Counts: t.counts(), Sums: t.sums(), Proof: append([]ProofLine{}, n.Proof...),
		Warnings: p.warnings,
	}
	if p.formats&UBL != 0 {
		m.EInvoicing = &p.einvoicing
	}
	for _, in := range n.Inputs {
		if in.Run == n.Run || p.cited[in.Number] {
			m.Inputs = append(m.Inputs, in)
		}
	}
	for _, u := range n.Policies {
		m.Policies = append(m.Policies, PolicyEntry{ID: u.ID, From: u.From.String(), SHA256: u.SHA256})
	}
	return m
}

// ReadManifest reads the manifest of a published folder.
func ReadManifest(dir string) (*Manifest, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("reading a manifest: %w", err)
	}
	defer func() { _ = root.Close() }()
	return readManifest(root)
}

// writeManifest writes the manifest into a folder and returns its SHA-256.
func writeManifest(dir string, m *Manifest) (string, error) {
	body, err := indented(m)
	if err != nil {
		return "", fmt.Errorf("making %s: %w", manifestName, err)
	}
	if err := writeFile(filepath.Join(dir, manifestName), body, durable.ManifestSync); err != nil {
		return "", fmt.Errorf("writing %s: %w", manifestName, err)
	}
	return hashOf(body), nil
}

// indented is JSON for people and programs: two spaces, the order of the fields,
// characters as they are, and a newline at the end.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
