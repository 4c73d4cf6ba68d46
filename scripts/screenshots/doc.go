// Command screenshots takes the pictures of the documentation: it starts
// bin/bassin in a folder of its own and photographs pages with Chromium.
//
// It owns docs/img and touches nothing else.
package main
