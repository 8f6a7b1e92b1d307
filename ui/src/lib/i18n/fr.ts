// The words both entries share, in French: the shape that every other language must fill.

import type { Code } from "../bindings/Code";
import type { ConsentForm } from "../bindings/ConsentForm";
import type { Contribution } from "../bindings/Contribution";
import type { Direction } from "../bindings/Direction";
import type { EvidenceKind } from "../bindings/EvidenceKind";
import type { InterviewKind } from "../bindings/InterviewKind";
import type { Level } from "../bindings/Level";
import type { ProjectNamed } from "../bindings/ProjectNamed";
import type { Role } from "../bindings/Role";
import type { Sex } from "../bindings/Sex";
import type { Status } from "../bindings/Status";
import { countedFr as counted } from "./counted";

export const fr = {
  yes: "Oui",
  no: "Non",
  cancel: "Annuler",
  close: "Fermer",
  back: "Retour",
  quickExit: "Sortie rapide",
  again: "Réessayer",
  empty: "Sans réponse",
  untitled: "Récit sans titre",
  storyWithdrawn:
    "Le récit qui était ouvert a été retiré par la personne qui l’a raconté. Il est effacé ; rien n’en reste ici.",
  waits: (n: number) => (n < 2 ? "1 chose vous attend" : `${n} choses vous attendent`),
  language: "Langue de l’écran",
  technical: "Détail technique",
  changes: (n: number) => counted(n, "changement", "changements"),
  comments: (n: number) => counted(n, "commentaire", "commentaires"),
  revision: (n: number) => `Version ${n}`,
  byteUnits: ["o", "ko", "Mo", "Go"],

  /** What somebody does in a campaign. */
  role: {
    collector: "Collecteur",
    supervisor: "Superviseur",
    verifier: "Vérificateur",
    analyst: "Analyste",
    admin: "Administrateur",
    custodian: "Gardien des identités",
  } as Record<Role, string>,

  status: {
    draft: "Brouillon",
    finalised: "Prêt à envoyer",
    received: "Reçu au siège",
    in_review: "En relecture",
    returned: "À corriger",
    approved: "Approuvé",
    rejected: "Non retenu",
  } satisfies Record<Status, string> as Record<Status, string>,

  thread: {
    reply: "Répondre",
    replyTo: (who: string) => `Réponse à ${who}`,
    send: "Envoyer la réponse",
    resolve: "Marquer comme réglé",
    resolvedBy: (who: string) => `Réglé par ${who}`,
    second: (n: number) => `À ${Math.floor(n / 60)} min ${n % 60} s de l’enregistrement`,
  },

  level: {
    individual: "Individuel",
    collective: "Collectif",
    community: "Communautaire",
    associative: "Associatif",
  } as Record<Level, string>,
  direction: { positive: "En bien", negative: "En mal" } as Record<Direction, string>,
  expected: { true: "Attendu", false: "Inattendu" },
  contribution: { none: "Aucune", low: "Faible", medium: "Moyenne", high: "Forte" } as Record<
    Contribution,
    string
  >,
  projectNamed: {
    unprompted: "Oui, de soi-même",
    prompted: "Oui, après une relance",
    not_at_all: "Non, pas du tout",
  } as Record<ProjectNamed, string>,
  evidenceKind: {
    testimony: "Témoignage",
    document: "Document",
    photo: "Photo",
    audio: "Son",
    object: "Objet",
    observation: "Observation directe",
  } as Record<EvidenceKind, string>,
  consentForm: { spoken: "De vive voix", signed: "Signature", thumbprint: "Empreinte du pouce" } as Record<
    ConsentForm,
    string
  >,
  sex: { female: "Femme", male: "Homme", mixed: "Groupe mixte" } as Record<Sex, string>,
  interviewKind: { individual: "Une personne", group: "Un groupe" } as Record<InterviewKind, string>,

  importanceSteps: [
    "Presque rien n’en dépend",
    "Utile, sans plus",
    "Compte dans la vie de tous les jours",
    "Compte beaucoup, pour plusieurs personnes",
    "Décisif : la vie n’est plus la même",
  ],

  parts: {
    context: "Lieu et date",
    consent: "Consentement",
    storyteller: "Qui raconte",
    narrative: "Récit",
    changes: "Changements",
    notes: "Notes du collecteur",
  },

  /** Every answer of a story that can be read and commented; the keys are those of the paths. */
  answers: {
    story: "Le récit dans son ensemble",
    title: "Titre",
    "context.date": "Date",
    "context.commune": "Commune",
    "context.village": "Village",
    "context.language": "Langue de l’entretien",
    "context.kind": "Entretien avec",
    "storyteller.sex": "Sexe",
    "storyteller.age_band": "Âge",
    "storyteller.occupation": "Occupation",
    "storyteller.relation": "Lien avec le projet",
    "consent.interview": "Être interviewé et que le récit soit gardé",
    "consent.audio": "Être enregistré (son)",
    "consent.photo": "Être photographié",
    "consent.quote": "Être cité mot à mot",
    "consent.named": "Être nommé",
    "consent.contact_again": "Être recontacté",
    "consent.given_by": "Consentement donné",
    "narrative.before": "La situation avant",
    "narrative.what_happened": "Ce qui s’est passé",
    "narrative.now": "La situation maintenant",
    changes: "Les changements",
    "notes.difficulty": "Difficulté rencontrée",
    "notes.solution": "Solution trouvée",
    level: "Niveau",
    who: "Qui a changé",
    what: "Ce qui a changé",
    when: "Quand",
    where: "Où",
    direction: "En bien ou en mal",
    expected: "Attendu ou non",
    importance: "Importance",
    importance_reason: "Pourquoi c’est important",
    contribution: "Contribution du projet",
    contribution_reason: "Comment le projet y a contribué",
    other_causes: "Ce qui a aidé d’autre",
    without: "Sans le projet",
    project_named: "Le projet a été nommé",
    evidence: "Preuves",
  },

  training: {
    mark: "Entraînement",
    notice: "Récits d’entraînement : ils ne sont jamais comptés.",
  },

  consented: {
    quote: "Citer",
    named: "Nommer",
    audio: "Son",
    photo: "Photo",
    contact_again: "Recontacter",
  },
  notConsented: {
    quote: "Ne pas citer",
    named: "Ne pas nommer",
    audio: "Pas de son",
    photo: "Pas de photo",
    contact_again: "Ne pas recontacter",
  },
  notToBeQuoted: "À ne pas citer : la personne ne l’a pas permis.",
  sound: {
    place: (what: string) => `Endroit de l’enregistrement${what.trim() ? ` : ${what}` : ""}`,
    play: "Écouter",
    pause: "Arrêter",
    back: (n: number) => `${n} s en arrière`,
    speed: "Vitesse",
    mark: (n: number, at: string) => `Repère ${n} · ${at}`,
    comment: (at: string) => `Commenter à ${at}`,
  },
  enlarge: "Agrandir",

  change: (n: number) => `Changement ${n}`,
  evidence: (n: number) => `Preuve ${n}`,
  strength: "Solidité de la preuve",
  noEvidence: "Aucune preuve",
  /** A stretch of time, as people say it. */
  span: (seconds: number) =>
    seconds < 5400
      ? counted(Math.round(seconds / 60), "minute", "minutes")
      : seconds < 129600
        ? counted(Math.round(seconds / 3600), "heure", "heures")
        : counted(Math.round(seconds / 86400), "jour", "jours"),
  fileNotHere: "Le fichier n’est pas encore arrivé.",
  openFile: "Ouvrir le fichier",
  photoOf: (what: string) => `Photo : ${what}`,
  edited: "Modifié",
  wordByWord: "Ce qui a changé, mot à mot",
  added: "Ajouté dans cette version",
  removedChange: "Changement retiré dans cette version",

  problems: {
    wrong_passphrase: "Ce n’est pas la bonne phrase secrète. Vérifiez les majuscules et les espaces.",
    passphrase_taken: "La phrase secrète et celle de la contrainte doivent être deux phrases différentes.",
    must_wait: "La phrase secrète a été fausse trop souvent. Le prochain essai doit attendre.",
    passphrase_too_short: "La phrase secrète est trop courte : il faut au moins 6 caractères.",
    locked: "L’application est verrouillée. Déverrouillez-la pour continuer.",
    store_damaged:
      "La base de cet appareil est abîmée. Elle a été mise de côté, rien n’a été effacé : montrez ce message à votre superviseur.",
    key_missing:
      "La clé de la base est introuvable. Rien n’a été changé : montrez cet appareil à votre superviseur.",
    store_newer: "Les données viennent d’une version plus récente de Blon. Mettez l’application à jour.",
    disk_full:
      "Il n’y a plus de place sur l’appareil. Libérez de la place ; ce qui était enregistré est en sûreté.",
    not_enrolled: "Cet appareil n’est pas encore inscrit au siège.",
    no_questionnaire: "Cette campagne n’a pas de questionnaire.",
    questionnaire_unreadable:
      "Le questionnaire de cette campagne ne peut pas être lu. Rien n’est perdu : mettez l’application à jour, ou montrez ce message à votre superviseur.",
    answer_not_asked: "Cette question n’est plus dans le questionnaire.",
    audit_broken: "Le journal d’audit a été modifié après coup.",
    already_serving: "Le siège est déjà en marche.",
    already_enrolled: "Cet appareil est déjà inscrit.",
    story_not_found: "Ce récit n’est pas sur cet appareil.",
    draft_not_found: "Ce brouillon n’existe plus : il a été finalisé ou effacé.",
    story_incomplete: "Il manque encore des réponses. La relecture les montre.",
    bad_input: "Cette saisie ne peut pas être lue. Vérifiez-la.",
    file_not_found: "Ce fichier n’est pas ici.",
    file_unreadable: "Le fichier n’a pas pu être lu.",
    file_exists: "Un fichier de ce nom est déjà là. Rien n’a été écrasé : choisissez un autre nom.",
    file_empty: "Ce fichier est vide.",
    image_unreadable:
      "Cette image n’a pas pu être lue, elle n’est pas gardée. Prenez-la en JPEG, PNG ou WebP, ou photographiez-la d’ici.",
    picture_not_prepared: "Une image se joint comme photo.",
    recording_not_consented: "La personne n’a pas accepté d’être enregistrée.",
    recording_running:
      "Un enregistrement n’est pas encore terminé. Terminez-le, ou effacez-le, puis recommencez.",
    file_too_large: "Ce fichier est trop grand pour une preuve.",
    file_digest_mismatch: "Le fichier a été altéré en chemin. Il sera renvoyé.",
    file_not_expected: "Le siège n’attend pas ce fichier.",
    unreachable:
      "Le siège ne répond pas. Tout est gardé sur cet appareil ; réessayez quand le réseau revient.",
    headquarters_older:
      "L’application est plus récente que le siège. Tout est gardé ici ; le siège doit être mis à jour.",
    line_stalled:
      "Rien n’est passé pendant une minute : la ligne est abandonnée. Ce que le siège a reçu reste reçu ; l’envoi reprendra là.",
    sync_cancelled: "Vous avez arrêté la synchronisation. Ce que le siège a reçu reste reçu.",
    upload_offset_wrong: "Le siège attend une autre partie du fichier. L’envoi reprendra au bon endroit.",
    checksum_mismatch: "Une partie du fichier a été altérée en chemin. Elle sera renvoyée.",
    tus_unsupported:
      "L’application et le siège n’envoient pas les fichiers de la même façon. Mettez l’application à jour.",
    file_freed: "Ce fichier est au siège ; il n’est plus sur cet appareil.",
    parcel_unreadable: "Ce colis est abîmé, ou il n’est pas pour ici. Rien n’a été changé.",
    parcel_key_missing: "Il manque la clé du siège : synchronisez une fois, puis réessayez.",
    insecure_address: "Cette adresse n’est pas protégée. Elle doit commencer par https://",
    bad_answer: "La réponse du siège est incompréhensible. Vérifiez l’adresse ou réessayez plus tard.",
    store_unavailable:
      "Le siège n’atteint pas ses données en ce moment. Rien n’est perdu ; réessayez dans une minute.",
    server_fault: "Le siège a une panne. Tout est gardé sur cet appareil ; réessayez plus tard.",
    protocol_unsupported: "L’application et le siège n’ont pas la même version. Mettez l’application à jour.",
    code_invalid: "Ce code est inconnu, déjà utilisé ou trop vieux. Demandez-en un autre au siège.",
    invitation_unreadable:
      "Ce n’est pas une invitation de Blon, ou elle n’est pas entière. Copiez le lien d’un bout à l’autre, ou demandez-en une autre au siège.",
    qr_unreadable:
      "Aucun code n’a été trouvé dans cette image. Approchez-vous, tenez l’appareil droit, à la lumière, et que tout le code soit dans le cadre.",
    server_key_wrong:
      "Ce n’est pas la clé du siège qui répond. Rien n’a été envoyé, tout est gardé ici. Quelqu’un se tient peut-être entre vous : essayez un autre réseau. Sinon le siège a renouvelé sa clé : appelez-le et demandez une nouvelle invitation.",
    server_untrusted:
      "Rien ne prouve que c’est le siège qui répond. Rien n’a été envoyé, tout est gardé ici. Vérifiez la date de l’appareil et le réseau ; sinon demandez au siège une invitation à scanner, avec sa clé.",
    device_erased:
      "Le siège a demandé d’effacer cet appareil. C’est fait : plus rien n’y est gardé. Ce qui avait été envoyé est au siège.",
    device_unknown:
      "Le siège ne connaît plus cet appareil. Tout y est gardé : demandez un nouveau code d’inscription.",
    dictionary_unknown:
      "L’application et le siège ne se comprennent pas. Réessayez ; si cela continue, mettez l’application à jour.",
    sync_running: "Une synchronisation est déjà en cours.",
    record_malformed: "Le siège n’a pas pu lire ce récit.",
    record_id_taken: "Le siège a déjà autre chose sous ce numéro.",
    record_not_yours: "Le siège dit que ce récit vient de quelqu’un d’autre.",
    record_wrong_campaign: "Ce récit appartient à une autre campagne.",
    record_builds_on_unknown: "Cette correction suit une version que le siège n’a pas.",
    act_not_allowed: "Votre rôle ne permet pas cette action.",
    revision_not_newest:
      "Le récit a changé entre-temps. Relisez-le avant de décider ; vos commentaires sont gardés.",
    act_not_now: "Une décision a été prise entre-temps. Relisez le récit avant de continuer.",
    thread_not_found: "Cette discussion n’est plus ici.",
    story_withdrawn: "La personne qui a raconté a retiré ce récit. Rien n’en est conservé.",
    withdrawal_code_wrong:
      "Ce n’est pas un code de retrait : une lettre est fausse ou manque. Il a douze lettres et chiffres, comme sur le papier.",
    comment_missing: "Écrivez d’abord quelque chose : un commentaire, une réponse ou une raison.",
    comment_answer_unknown: "Un commentaire porte sur une réponse qui n’existe pas.",
    sign_in_failed: "Le nom ou le mot de passe est faux.",
    too_many_attempts: "Le mot de passe a été faux trop souvent. Attendez quelques minutes, puis réessayez.",
    password_weak:
      "Ce mot de passe se devine trop facilement. Prenez quatre ou cinq mots qui n’ont rien à voir entre eux, sans votre nom ni celui de la campagne.",
    second_factor_needed: "Ce compte demande aussi les six chiffres du second facteur.",
    second_factor_wrong:
      "Ces six chiffres ne sont pas les bons, ou plus les bons. Attendez les suivants ; si cela continue, vérifiez l’heure du téléphone.",
    invitation_invalid:
      "Cette invitation est inconnue, déjà utilisée ou trop vieille. Demandez-en une autre à un administrateur.",
    key_unreadable:
      "Ce n’est pas une clé de gardien. Elle commence par « AGE-SECRET-KEY-1 » ; prenez le fichier entier.",
    key_opens_nothing:
      "Cette clé n’ouvre rien de ce récit. Prenez la clé d’un gardien d’alors, ou demandez à l’autre gardien.",
    last_admin: "C’est le dernier administrateur : il doit en rester un. Nommez-en d’abord un autre.",
    set_up_already: "Ce siège est déjà mis en place. Connectez-vous.",
    set_up_token_wrong: "Ce n’est pas le jeton que le terminal affiche. Copiez-le de nouveau.",
    token_unknown: "Ce jeton est inconnu, retiré ou trop vieux.",
    token_scope: "Ce jeton ne permet pas cela.",
    too_many_requests: "Trop de demandes d’un coup. Attendez une minute, puis réessayez.",
    signed_out: "Votre session est finie. Connectez-vous de nouveau.",
    cross_site: "La demande ne venait pas de cette page. Rechargez-la.",
    forbidden: "Votre compte ne permet pas cela.",
    campaign_not_found: "Cette campagne n’existe pas.",
    campaign_taken: "Une campagne porte déjà ce nom court. Choisissez-en un autre.",
    campaign_changed:
      "Quelqu’un a modifié cette campagne entre-temps. Ce que vous avez écrit est encore là : relisez-la, puis enregistrez de nouveau.",
    campaign_archived: "Cette campagne est archivée : elle ne prend plus d’appareils.",
    not_in_campaign: "Cette personne ne prend pas part à cette campagne.",
    version_taken: "Un questionnaire a déjà été publié sous cette version. Donnez-lui une version nouvelle.",
    person_not_found: "Cette personne n’existe pas.",
    name_taken: "Ce nom est déjà pris.",
    not_found: "Il n’y a rien ici.",
    too_large: "C’est plus grand que ce que le siège accepte.",
    internal:
      "Quelque chose n’a pas marché. Réessayez ; si cela continue, montrez le détail à votre superviseur.",
  } as Record<Code, string>,
};

export type SharedWords = typeof fr;
