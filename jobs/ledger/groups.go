package ledger

import (
	"slices"
	"strings"
)

// groups ties together the accounts that one exchange or one order reaches: the
// connected components of accounts and exchanges. A component is called by its
// smallest account; one without an account by "?" and its smallest order.
type groups struct {
	node   map[string]int32 // by kind and id
	parent []int32
	name   []string // of a root: its group; empty is none yet
}

// The kinds of nodes, as the first byte of their keys.
const (
	accountNode  = 'A'
	exchangeNode = 'E'
	unknownNode  = '?' // an order that no row tells of
)

func newGroups() *groups { return &groups{node: map[string]int32{}} }

// of returns the node of an account, exchange or unknown order.
func (g *groups) of(kind byte, id []byte) int32 {
	var b [64]byte
	key := append(append(b[:0], kind), id...)
	if n, ok := g.node[string(key)]; ok {
		return n
	}
	n := int32(len(g.parent))
	g.node[string(key)] = n
	g.parent = append(g.parent, n)
	name := ""
	switch kind {
	case accountNode:
		name = string(id)
	case unknownNode:
		name = string(key)
	}
	g.name = append(g.name, name)
	return n
}

func (g *groups) root(n int32) int32 {
	for g.parent[n] != n {
		g.parent[n] = g.parent[g.parent[n]]
		n = g.parent[n]
	}
	return n
}

func (g *groups) join(a, b int32) {
	a, b = g.root(a), g.root(b)
	if a == b {
		return
	}
	g.parent[b] = a
	g.name[a] = groupName(g.name[a], g.name[b])
}

// groupName is what two joined components are called.
func groupName(a, b string) string {
	unknownA, unknownB := strings.HasPrefix(a, "?"), strings.HasPrefix(b, "?")
	switch {
	case b == "" || a != "" && unknownB && !unknownA:
		return a
	case a == "" || unknownA && !unknownB:
		return b
	}
	return min(a, b)
}

// group is the name of the component of a node.
func (g *groups) group(n int32) string { return g.name[g.root(n)] }

// accounts calls visit with each account and its group, in the order of accounts.
func (g *groups) accounts(visit func(account, group string) error) error {
	keys := make([]string, 0, len(g.node))
	for key := range g.node {
		if key[0] == accountNode {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		if err := visit(key[1:], g.group(g.node[key])); err != nil {
			return err
		}
	}
	return nil
}
