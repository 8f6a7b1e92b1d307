// What administrators read about devices, in English.

import { countedEn as counted } from "../../../lib/i18n/counted";
import type { DeviceWords } from "./fr";

export const en: DeviceWords = {
  title: "Devices",
  lead: "Everybody enrols their own phone, with a code that works once.",
  reload: "Reload",
  makeCodes: "Make codes",
  lacking: (n) =>
    n === 1
      ? "One person has neither a device nor a code yet."
      : `${n} people have neither a device nor a code yet.`,
  forWhom: "Codes for whom?",
  forWhomWhy: "Those who have neither a device nor a code yet are chosen beforehand.",
  those: "Those who have nothing",
  noneOfThem: "Nobody",
  noTeam: "No team",
  hasOne: "has a device",
  hasCode: "has an open code",
  nobody: "Nobody in this campaign’s teams works with the app.",
  toPeople: "Add people",
  makeThese: (n) => (n === 0 ? "Make the codes" : `Make ${counted(n, "code", "codes")}`),

  sheetTitle: (n) => counted(n, "code to hand over", "codes to hand over"),
  sheetOnce:
    "These codes are shown only now. Print them, or have them photographed from this screen. Whoever holds a card can enrol a device under that name.",
  print: "Print",
  closeSheet: "Handed over",
  qrOf: (who) => `Code to photograph for ${who}`,
  code: "Code",
  address: "Headquarters’ address",
  until: "Good until",
  steps: [
    "Open Blon and choose your passphrase. Do not write it here.",
    "“Enrol this device”: photograph the square, or type the address and the code.",
    "Once the device is enrolled, tear this card up.",
  ],

  openCodes: (n) => counted(n, "code not used yet", "codes not used yet"),
  goodUntil: (when) => `Until ${when}`,
  takeBack: "Take back",

  devices: (n) => (n === 0 ? "No device" : counted(n, "device", "devices")),
  none: "No device is enrolled in this campaign yet.",
  noneFound: "No device matches.",
  search: "Look for a person, a version",
  standing: {
    active: "In use",
    never: "Enrolled, not synced yet",
    revoked: "Revoked",
    asked: "To be erased at next contact",
    told: "Being erased",
    done: "Erased",
  },
  lastContact: "Last contact",
  never: "Never",
  enrolled: (when) => `enrolled on ${when}`,
  waiting: "Was still to be sent",
  outbox: (records, bytes) =>
    records === 0 && !bytes
      ? "Nothing"
      : [records > 0 && counted(records, "text", "texts"), bytes && `${bytes} of files`]
          .filter(Boolean)
          .join(", "),
  clockTitle: "Clock",
  clockRight: "Right",
  clock: (ahead, by) => (ahead ? `Ahead by ${by}` : `Behind by ${by}`),
  free: "Free space",
  app: "Version of the app",
  tellsLittle: "The app on this device is older: it tells no more.",

  revoke: "Revoke",
  erase: "Erase",
  sure: {
    revoke: (who) => `Revoke the device of ${who}?`,
    erase: (who) => `Erase the device of ${who}?`,
  },
  surePlain: {
    revoke: "The device will be able to receive and send nothing any more.",
    erase: "At its next contact the device sends its texts, then destroys everything that Blon keeps on it.",
  },
  sureMore: {
    revoke: [
      "Kept: everything that headquarters received.",
      "Stays on the device, encrypted: what was not sent. It is not sent of itself any more.",
      "To let the device in again takes a new code.",
    ],
    erase: [
      "Kept: everything that headquarters received, and the texts that come at this contact.",
      "Lost: sound and photos that were not sent, drafts, and the names that were on this device only.",
      "It cannot be undone once the device was told. Without a network nothing happens.",
    ],
  },
  revokeEndsErase: "The erasing that was asked for will not take place: the device is not heard any more.",
  eraseLetsIn: "The device is revoked: it will be heard one last time, for this alone.",

  lost: "A device is lost or stolen: what to do?",
  lostSteps: [
    "Find the device by the person’s name. Note its last contact and what was still to be sent: that is what may be missing.",
    "If it may still turn up in good hands, wait a day: its content is encrypted, and opens only with the passphrase.",
    "If not, “Erase”: should it find a network, it sends its texts, then empties itself. If you fear that somebody knows the passphrase and uses it, “Revoke”: it is not heard at all any more.",
    "If the person signed in to headquarters with this device, open their page under People: end their sessions and have them choose a new password.",
    "Tell whoever watches over the protection of sources: names may be on the device.",
    "Make a new code for the phone that replaces it.",
  ],
};
