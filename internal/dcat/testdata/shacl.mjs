// Validates a Turtle file against shapes: node shacl.mjs DATA SHAPES... [--schemes]
// With --schemes, names of the tables of the EU say their scheme, as these tables do,
// if their code is among those given in codes.json. One line per result.
import { readFileSync } from 'node:fs'
import { Parser, Store, DataFactory } from 'n3'
import SHACLValidator from 'rdf-validate-shacl'

const [data, ...rest] = process.argv.slice(2)
const schemes = rest.at(-1) === '--schemes'
const shapes = schemes ? rest.slice(0, -1) : rest
const read = (...files) => new Store(files.flatMap((f) => new Parser().parse(readFileSync(f, 'utf8'))))

const graph = read(data)
if (schemes) {
  const authority = 'http://publications.europa.eu/resource/authority/'
  const codes = JSON.parse(readFileSync(new URL('codes.json', import.meta.url)))
  for (const quad of [...graph]) {
    const iri = quad.object.value
    if (!iri.startsWith(authority)) continue
    const [table, code] = iri.slice(authority.length).split('/')
    if (codes[table]?.includes(code)) {
      graph.addQuad(quad.object, DataFactory.namedNode('http://www.w3.org/2004/02/skos/core#inScheme'), DataFactory.namedNode(authority + table))
    }
  }
}
const report = await new SHACLValidator(read(...shapes)).validate(graph)
const local = (t) => (t?.value ?? '').replace(/.*[#/]/, '')
for (const r of report.results) {
  console.log([local(r.severity), r.focusNode?.value, r.path?.value ?? '', r.value?.value ?? '', local(r.sourceConstraintComponent)].join('\t'))
}
console.log('checked\t' + graph.size)
