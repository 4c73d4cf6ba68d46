// Package follow is what people follow: subjects by their name, whatever they are.
// It owns who follows what, and tells nobody anything: features do, with package notice.
package follow
