import { describe, expect, test } from 'vitest'
import { processesOf, type StorePlan, welcome } from './plan.ts'

const plan: StorePlan = {
  data: 'data',
  storeFile: 'store.json',
  storeId: 's1',
  simulators: true,
  mqttPort: 1883,
  mqttTls: null,
  httpPort: 8080,
  httpHost: null,
  accountsPort: 8081,
  broker: null,
  trustLocal: false,
  cameraLogins: null,
}

describe('processesOf()', () => {
  test('starts what others need first', () => {
    expect(processesOf(plan).map(({ name }) => name)).toEqual(['account service', 'gateway', 'simulators'])
  })

  test('leaves the simulators out for a real store', () => {
    expect(processesOf({ ...plan, simulators: false }).map(({ name }) => name)).toEqual(['account service', 'gateway'])
  })

  test('shows sign-in codes in place of sending them for a simulated shop alone', () => {
    const [simulated] = processesOf(plan)
    const [real] = processesOf({ ...plan, simulators: false })
    expect(simulated?.args).toContain('--simulated-mail')
    expect(real?.args.join(' ')).not.toContain('mail')
  })

  test('tells the gateway where the logins of cameras are', () => {
    const [, gateway] = processesOf({ ...plan, cameraLogins: 'logins.json' })
    expect(gateway?.args.join(' ')).toContain('--camera-logins logins.json')
  })

  test('brings everybody to the same broker', () => {
    const [, gateway, simulators] = processesOf({ ...plan, broker: 'mqtt://10.0.0.2' })
    expect(gateway?.args).toContain('mqtt://10.0.0.2')
    expect(simulators?.args).toContain('mqtt://10.0.0.2')
    expect(processesOf(plan)[2]?.args).toContain('mqtt://127.0.0.1:1883')
  })

  test('hands the secrets of the simulators over by a file, and where there are none asks for none', () => {
    const args = (changes: Partial<StorePlan>) =>
      processesOf({ ...plan, ...changes }).map((each) => each.args.join(' '))
    const [, gateway, simulators] = args({})
    expect(gateway).toContain('--simulator-secrets data/simulator-secrets.json')
    expect(simulators).toContain('--secrets data/simulator-secrets.json')
    expect(args({ simulators: false }).join()).not.toContain('secrets')
    expect(args({ broker: 'mqtt://10.0.0.2' }).join()).not.toContain('secrets')
  })
})

const nobody = { shopper: null, store: { secret: null, isEmpty: true } }

describe('welcome()', () => {
  test('says how somebody is let in where nobody is', () => {
    expect(welcome(plan, nobody)).toContain('npm run staff -- add <name> --role admin --data data/gateway')
    expect(welcome(plan, { ...nobody, store: { secret: null, isEmpty: false } })).not.toContain('npm run staff')
  })

  test('says where devices on the network connect and whom they trust', () => {
    const open = { ...plan, mqttTls: { host: '0.0.0.0', port: 8883 } }
    expect(welcome(open, nobody)).toMatch(/mqtts:\/\/0\.0\.0\.0:8883\n.*data\/gateway\/tls\/ca\.pem/)
    expect(processesOf(open)[1]?.args.join(' ')).toContain('--mqtt-host 0.0.0.0 --mqtt-tls-port 8883')
    expect(processesOf(plan)[1]?.args.join(' ')).not.toContain('--mqtt-host')
  })

  test('names pages for the network by https', () => {
    const open = { ...plan, httpHost: '0.0.0.0' }
    expect(welcome(open, nobody)).toContain('https://localhost:8080/')
    expect(processesOf(open)[1]?.args.join(' ')).toContain('--host 0.0.0.0')
    expect(welcome({ ...plan, httpHost: '127.0.0.1' }, nobody)).not.toContain('https:')
  })

  test('names the pages to open, and no password of a broker', () => {
    const text = welcome(
      { ...plan, broker: 'mqtt://me:secret@10.0.0.2:1883' },
      { shopper: 'tok', store: { secret: 'adm', isEmpty: false } },
    )
    expect(text).toContain('http://localhost:8080/sign-in/#sign-in=adm (once)')
    expect(text).toContain('http://localhost:8080/devices/')
    expect(text).toContain('http://localhost:8081/#sign-in=tok (once)')
    expect(text).toContain('mqtt://10.0.0.2:1883')
    expect(text).not.toContain('secret')
  })
})
