// A real SMTP server that writes every mail it accepts to a directory. It refuses an address
// whose name is a file in the directory `-refused` beside it.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SMTPServer } from 'smtp-server'
import PostalMime from 'postal-mime'

export async function startMailServer(port: number, directory: string): Promise<SMTPServer> {
  mkdirSync(directory, { recursive: true })
  let count = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo({ address }, _session, done) {
      const known = !existsSync(path.join(`${directory}-refused`, address.toLowerCase()))
      done(known ? null : Object.assign(new Error('No such user here'), { responseCode: 550 }))
    },
    async onData(stream, session, done) {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk as Buffer)
      const mail = await PostalMime.parse(Buffer.concat(chunks), { attachmentEncoding: 'utf8' })
      const name = `${String(++count).padStart(5, '0')}.json`
      writeFileSync(path.join(directory, name), JSON.stringify({
        to: session.envelope.rcptTo.map((to) => to.address), subject: mail.subject, text: mail.text, html: mail.html,
        messageId: mail.messageId,
        attachments: mail.attachments.map((a) => ({ type: a.mimeType, name: a.filename, text: String(a.content) })),
      }))
      done()
    },
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}
