// A charger on the npm package ocpp-rpc (strict: it validates every frame in both directions).
// node charger.cjs <module path> <1.6|2.0.1> <url> <identity> <password> <card>
// Charges one session by itself, then obeys; each step is one line of JSON on stdout.
const [, , modulePath, version, endpoint, identity, password, card] = process.argv;
const { RPCClient } = require(modulePath);
const old = version === "1.6";
const say = (step, detail = {}) => console.log(JSON.stringify({ step, ...detail }));
const now = () => new Date().toISOString();
const later = (work) => setTimeout(() => work().catch((error) => say("failed", { error: String(error) })), 20);

const client = new RPCClient({
  endpoint, identity, password, protocols: [`ocpp${version}`], strictMode: true, reconnect: false,
});
let transaction = null, seqNo = 0, register = 1000;

async function boot() {
  const answer = old
    ? await client.call("BootNotification", { chargePointVendor: "npm", chargePointModel: "rpc" })
    : await client.call("BootNotification", { chargingStation: { vendorName: "npm", model: "rpc" }, reason: "PowerUp" });
  say("boot", { status: answer.status });
  await status("Available");
}

function status(word) {
  if (old) return client.call("StatusNotification", { connectorId: 1, errorCode: "NoError", status: word });
  const connectorStatus = word === "Available" ? "Available" : "Occupied";
  return client.call("StatusNotification", { timestamp: now(), evseId: 1, connectorId: 1, connectorStatus });
}

function sampled() {
  const value = old ? String(register) : register;
  const unit = old ? { unit: "Wh" } : { unitOfMeasure: { unit: "Wh" } };
  return [{ timestamp: now(), sampledValue: [{ value, measurand: "Energy.Active.Import.Register", ...unit }] }];
}

function event(eventType, triggerReason, more = {}, info = {}) {
  return client.call("TransactionEvent", {
    eventType, triggerReason, timestamp: now(), seqNo: seqNo++, meterValue: sampled(),
    transactionInfo: { transactionId: transaction, ...info }, ...more,
  });
}

async function start(tag, remoteStartId) {
  if (old) {
    const answer = await client.call("StartTransaction", { connectorId: 1, idTag: tag, meterStart: register, timestamp: now() });
    transaction = answer.transactionId;
    return answer.idTagInfo.status;
  }
  transaction = `npm-${Date.now()}`;
  seqNo = 0;
  const info = remoteStartId === undefined ? {} : { remoteStartId };
  const more = { idToken: { idToken: tag, type: "ISO14443" }, evse: { id: 1, connectorId: 1 } };
  return (await event("Started", remoteStartId === undefined ? "Authorized" : "RemoteStart", more, info)).idTokenInfo.status;
}

async function meter() {
  register += 10;
  if (old) await client.call("MeterValues", { connectorId: 1, transactionId: transaction, meterValue: sampled() });
  else await event("Updated", "MeterValuePeriodic");
}

async function stop(reason) {
  if (old) await client.call("StopTransaction", { transactionId: transaction, meterStop: register, timestamp: now(), reason });
  else await event("Ended", reason === "Remote" ? "RemoteStop" : "StopAuthorized", {}, { stoppedReason: reason });
  transaction = null;
}

client.handle(old ? "RemoteStartTransaction" : "RequestStartTransaction", ({ params }) => {
  const tag = old ? params.idTag : params.idToken.idToken;
  later(async () => say("remote start", { status: await start(tag, params.remoteStartId) }));
  return { status: "Accepted" };
});
client.handle(old ? "RemoteStopTransaction" : "RequestStopTransaction", ({ params }) => {
  if (params.transactionId !== transaction) return { status: "Rejected" };
  later(async () => { await stop("Remote"); say("remote stop"); });
  return { status: "Accepted" };
});
client.handle("UnlockConnector", () => ({ status: "Unlocked" }));
client.handle("TriggerMessage", ({ params }) => {
  if (params.requestedMessage !== "Heartbeat") return { status: "NotImplemented" };
  later(async () => say("heartbeat", await client.call("Heartbeat", {})));
  return { status: "Accepted" };
});
client.handle("Reset", () => {
  later(async () => { await client.close(); await client.connect(); await boot(); say("reset"); });
  return { status: "Accepted" };
});

(async () => {
  await client.connect();
  await boot();
  const asked = old ? { idTag: card } : { idToken: { idToken: card, type: "ISO14443" } };
  const verdict = await client.call("Authorize", asked);
  say("authorised", { status: (old ? verdict.idTagInfo : verdict.idTokenInfo).status });
  await status("Preparing");
  say("started", { status: await start(card) });
  for (let count = 0; count < 3; count++) await meter();
  await stop("Local");
  await status("Available");
  say("ready");
})().catch((error) => { say("failed", { error: String(error) }); process.exit(1); });
process.stdin.resume().on("end", () => client.close().finally(() => process.exit(0)));
