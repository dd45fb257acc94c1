import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { createShownMailer, createSmtpMailer } from './mailer.ts'

/** A mail server of few words (RFC 5321): keeps what it was told. `toRecipient`: what it says to who a mail is for. */
async function mailServer(toRecipient = '250 fine') {
  const heard: string[] = []
  const server = createServer((socket) => {
    let inMail = false
    socket.write('220 test\r\n')
    createInterface(socket).on('line', (line) => {
      heard.push(line)
      if (inMail && line !== '.') return
      inMail = line === 'DATA'
      const fine = line.startsWith('RCPT') ? toRecipient : '250 fine'
      socket.write(`${inMail ? '354 go on' : line === 'QUIT' ? '221 bye' : fine}\r\n`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { heard, url: `smtp://127.0.0.1:${port}`, close: () => server.close() }
}

const mail = { to: 'anna@shop.example', subject: 'Your sign-in code', text: 'Your code is 1234 5678.' }

test('createSmtpMailer() hands a mail over to the server', async () => {
  const server = await mailServer()
  await createSmtpMailer(server.url, 'Shop <no-reply@shop.example>').send(mail)
  const said = server.heard.join('\n')
  expect(said).toMatch(/MAIL FROM:<no-reply@shop\.example>\nRCPT TO:<anna@shop\.example>/)
  expect(said).toMatch(/Subject: Your sign-in code[\s\S]*Your code is 1234 5678\./)
  server.close()
})

test('createSmtpMailer() gives a mail the same Message-ID each time that it is sent', async () => {
  const server = await mailServer()
  const mailer = createSmtpMailer(server.url, 'Shop <no-reply@shop.example>')
  for (let i = 0; i < 2; i++) await mailer.send({ ...mail, id: 'bill-1.unpaid' })
  expect(server.heard.filter((line) => /^message-id/i.test(line))).toEqual(
    Array(2).fill('Message-ID: <bill-1.unpaid@shop.example>'),
  )
  server.close()
})

test('createSmtpMailer() says that there is no server', async () => {
  const server = await mailServer()
  server.close()
  await expect(createSmtpMailer(server.url, 'no-reply@shop.example').send(mail)).rejects.toThrow(/ECONNREFUSED/)
})

test('createSmtpMailer() says why a mail is not taken, and not who it is to', async () => {
  const server = await mailServer('550 5.1.1 <anna@shop.example>: Anna does not live here')
  await expect(createSmtpMailer(server.url, 'no-reply@shop.example').send(mail)).rejects.toThrow(
    /^the mail server does not take it: EENVELOPE at RCPT TO, 550 5\.1\.1$/,
  )
  server.close()
})

test('createShownMailer() shows a mail in one line', async () => {
  const shown: string[] = []
  await createShownMailer((text) => shown.push(text)).send({ ...mail, text: 'Your code is 1234 5678.\n\nType it.\n' })
  expect(shown).toEqual(['Simulated mail to anna@shop.example: Your sign-in code. Your code is 1234 5678. Type it.'])
})
