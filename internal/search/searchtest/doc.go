// Package searchtest gives tests and benchmarks of search the real catalogues of
// commons as documents, and needs with their judged answers. Only they may import it.
package searchtest
