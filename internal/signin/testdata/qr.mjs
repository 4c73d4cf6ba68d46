// Reads a picture as {pixels, width, height} on its input and writes what its QR code says.
import { text } from 'node:stream/consumers'
import jsqr from 'jsqr'

const { pixels, width, height } = JSON.parse(await text(process.stdin))
const found = jsqr(Uint8ClampedArray.from(pixels), width, height)
if (!found) throw new Error('no QR code is found')
process.stdout.write(found.data)
