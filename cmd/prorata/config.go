package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/invoicing/spelling"
	"prorata/jobs"
)

// What a verb works with is said, in this order, by prorata.yaml, by the
// environment and by flags; the later wins. settings.go lists every key.

// config is what was said, complete: what nobody said has its default.
type config struct {
	file    string            // the file that was read; empty where there is none
	said    map[string]string // key to value, defaults included
	origin  map[string]string // key to who said it: default, file:line, a variable, a flag
	policy  string            // of --policy or PRORATA_POLICY: stands for the whole chain
	chain   []policyRef
	series  map[string]int // "CN-2026" to its first number (DOC-1)
	books   []exporters.AccountNumber
	senders map[string]jobs.Sender // by the name of their folder
	notices []string               // events that are told; nil is every one
}

// policyRef is one link of the chain as the file names it (POL-3).
type policyRef struct {
	name string // an id, or the path of a file
	file bool
	from money.Date
	line int
}

const (
	configName     = "prorata.yaml"
	configVariable = "PRORATA_CONFIG"
	policyVariable = "PRORATA_POLICY"
)

// text is the value of a key, which is one of settings.
func (cfg *config) text(key string) string { return cfg.said[key] }

// path is the value of a key that names a file or folder.
func (cfg *config) path(key string) string { return cfg.said[key] }

// number is the value of a key that was read as a count.
func (cfg *config) number(key string) int { return atoi(cfg.said[key]) }

// zone is the time zone of a key; empty is that of the key zone.
func (cfg *config) zone(key string) *time.Location {
	name := cfg.said[key]
	if name == "" {
		name = cfg.said["zone"]
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC // checked when it was said
	}
	return z
}

// given is what a verb was told by flags, before the rest is asked.
type given struct {
	c      *console
	config string
	policy string
	flags  map[string]string
}

// settings adds --config and the flags of some keys to those of a verb.
func (c *console) settings(f *flag.FlagSet, keys ...string) *given {
	g := &given{c: c, flags: map[string]string{}}
	f.StringVar(&g.config, "config", "", "the configuration `file`; default "+configName+" where there is one")
	for _, key := range keys {
		if key == "policy" {
			f.StringVar(&g.policy, "policy", "", "`id` of a built-in policy, or a policy file, in place of the configured ones; default "+policy.DefaultID)
			continue
		}
		s := settingOf(key)
		what := s.usage
		if s.fallback != "" {
			what += "; default " + s.fallback
		}
		f.Func(s.flag, what, func(v string) error {
			g.flags[key] = v
			return nil
		})
	}
	return g
}

// alone reads the flags of a verb that takes nothing else, and resolves them.
func (g *given) alone(f *flag.FlagSet, args []string) (*config, error) {
	rest, err := g.c.parse(f, args)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, usageError{fmt.Sprintf("%q is not a flag; %s takes no arguments", rest[0], f.Name())}
	}
	return g.resolve()
}

// resolve asks the file, the environment and the flags, in this order. What is
// wrong with them is a usageError.
func (g *given) resolve() (*config, error) {
	cfg := &config{said: map[string]string{}, origin: map[string]string{}}
	for _, s := range settings {
		cfg.said[s.key], cfg.origin[s.key] = s.fallback, "default"
	}
	if err := g.readFile(cfg); err != nil {
		return nil, usageError{err.Error()}
	}
	for _, s := range settings {
		if s.kind == "path" && cfg.origin[s.key] == "default" {
			cfg.said[s.key] = cfg.beside(s.fallback) // what is not said is where it would be if it were
		}
	}
	if err := g.readEnvironment(cfg); err != nil {
		return nil, usageError{err.Error()}
	}
	for _, s := range settings {
		if v, ok := g.flags[s.key]; ok {
			if expected := s.check(v); expected != "" {
				return nil, usageError{fmt.Sprintf("--%s: is %q; expected %s", s.flag, v, expected)}
			}
			cfg.said[s.key], cfg.origin[s.key] = v, "--"+s.flag
		}
	}
	if g.policy != "" {
		cfg.policy = g.policy
	}
	if g.c.newLog != nil {
		g.c.log = g.c.newLog(cfg.text("log.format"), cfg.text("log.level"))
	}
	return cfg, nil
}

// readFile reads the configuration that was named, else prorata.yaml where there is one.
func (g *given) readFile(cfg *config) error {
	name := g.config
	if name == "" {
		name = g.c.env(configVariable)
	}
	if name == "" {
		name = configName
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) { // a link that leads nowhere is there
			return nil
		}
	}
	body, err := readBounded(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the configuration: %w; name the file with --config or %s, or let prorata init write one", err, configVariable)
	}
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	cfg.file = name
	return readConfig(cfg, body)
}

// readBounded reads a file that a person wrote; a policy needs no more either.
func readBounded(name string) ([]byte, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() > policy.MaxBytes {
		return nil, fmt.Errorf("%s is no file of at most %d bytes", name, policy.MaxBytes)
	}
	return os.ReadFile(name)
}

// readEnvironment takes what PRORATA_ variables say.
func (g *given) readEnvironment(cfg *config) error {
	for _, s := range settings {
		v := g.c.env(s.variable())
		if v == "" {
			continue
		}
		if expected := s.check(v); expected != "" {
			return fmt.Errorf("%s is %q; expected %s", s.variable(), v, expected)
		}
		cfg.said[s.key], cfg.origin[s.key] = v, s.variable()
	}
	cfg.policy = g.c.env(policyVariable)
	for _, name := range g.c.strangers() {
		g.c.log.Warn().Str("variable", name).Msg("an environment variable is no setting; the nearest is " + spelling.Nearest(name, variables()))
	}
	return nil
}

// variables lists every variable of the environment that is a setting.
func variables() []string {
	names := []string{configVariable, policyVariable, secretURL}
	for _, s := range settings {
		names = append(names, s.variable())
	}
	return names
}

// strangers lists variables that look like settings and are none, by name.
func (c *console) strangers() (names []string) {
	known := variables()
	for _, v := range c.environ {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "PRORATA_") && !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// env is a variable of the environment; empty where it is not set.
func (c *console) env(name string) string {
	for _, v := range c.environ {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// policies reads the chain of policies (POL-3).
func (cfg *config) policies() (policy.Chain, error) {
	refs := cfg.chain
	if cfg.policy != "" {
		refs = []policyRef{{name: cfg.policy, file: strings.ContainsAny(cfg.policy, "./\\")}}
	}
	if len(refs) == 0 {
		refs = []policyRef{{name: policy.DefaultID}}
	}
	var chain policy.Chain
	for _, ref := range refs {
		p, err := readPolicy(ref)
		switch {
		case err != nil && ref.line > 0:
			return nil, usageError{(&policy.Error{File: cfg.file, Line: ref.line, Key: "policies", Problem: err.Error()}).Error()}
		case err != nil:
			return nil, usageError{"--policy: " + err.Error()}
		}
		chain = append(chain, policy.Link{From: ref.from, Policy: p})
	}
	return chain, nil
}

// readPolicy reads a built-in policy, or a file.
func readPolicy(ref policyRef) (*policy.Policy, error) {
	if !ref.file {
		return policy.Builtin(ref.name)
	}
	body, err := readBounded(ref.name)
	if err != nil {
		return nil, err
	}
	return policy.Read(ref.name, body)
}

// run is a night as it is configured; its date is still to be said.
func (cfg *config) run(c *console) (jobs.Run, error) {
	r := jobs.Run{Inbox: cfg.path("inbox"), Out: cfg.path("out"), Ledger: cfg.path("ledger"), Series: cfg.series,
		Version: programVersion(), Progress: c.progress, Log: c.log}
	var err error
	if r.Formats, err = exporters.ParseFormats(cfg.text("formats")); err != nil {
		return r, usageError{"formats: " + err.Error()}
	}
	r.Senders = cfg.readings()
	if r.Seller, err = cfg.seller(); err != nil {
		return r, err
	}
	if r.Policies, err = cfg.policies(); err != nil {
		return r, err
	}
	return r, cfg.apart()
}

// beside is a path of the file: relative ones are beside it, wherever the
// program is started.
func (cfg *config) beside(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(cfg.file), name)
}
