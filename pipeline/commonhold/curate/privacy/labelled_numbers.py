"""Numbers that only what they are called tells from others: of patients, passports, licences, accounts, policies.

Each is `likely`. An order or a ticket has a number too, which says nothing about a person by itself: those stay, and a
community that wants them masked writes a pattern.
"""

from commonhold.curate.privacy.national_ids import NationalId

SHORT_FORM = r"(?:[A-Z]{1,3}[-/]?)?\d{4,14}(?:[-/.]\d{1,8}){0,3}(?:[-/]?[A-Za-z])?|\d{2,4}(?:[- ]\d{3,6}){1,4}"
FORM = r"(?:[A-Z]{1,3}[-/]?)?\d{6,16}(?:[-/.]\d{1,8}){0,3}(?:[-/]?[A-Za-z])?|[A-Z]{0,2}\d{2,4}(?:[- ]\d{2,6}){2,4}"
MIXED_FORM = rf"(?=(?:[A-Z]*\d){{3}})[A-Z0-9]{{6,16}}|{FORM}"
"""Four digits or six at least, perhaps with a few letters at the ends."""
NO = r"[ .]{0,2}(?:n[ºo°]|nr|num|number|id)"

PASSPORT = (
    rf"passport(?:{NO})?|pasaporte|passaporto|passaporte|passeport|(?:reise)?pass-?(?:nummer|nr)|reisepass|ausweis-?(?:nummer|nr)|"
    rf"personalausweis(?:nummer)?|paszport|"
    rf"paspoort(?:nummer)?|hộ chiếu|cmnd|cccd|ktp|kitas|carte d'identité|carta d'identità|identity card|"
    rf"id card(?:{NO})?|"
    r"national id|pasaport|загранпаспорт\w{0,2}|паспорт\w{0,2}|διαβατήριο|パスポート|旅券番号|护照|護照|身份证|"
    r"身份證|여권|"
    r"หนังสือเดินทาง|บัตรประชาชน|جواز (?:ال)?سفر(?:ي)?|گذرنامه|پاسپورٹ|דרכון|תעודת זהות|पासपोर्ट|পাসপোর্ট|பாஸ்போர்ட்"
)
LICENCE = (
    rf"driver'?s?'? licen[cs]e(?:{NO})?|driving licen[cs]e(?:{NO})?|(?:carn[eé]t|permiso|licencia) de conducir|"
    rf"permis de conduire|"
    r"führerschein(?:nummer)?|patente di guida|carteira de motorista|cnh|rijbewijs(?:nummer)?|prawo jazdy|"
    r"運転免許証?|免許証|"
    r"водительск\w{2,4} (?:удостоверени|прав)\w|驾照|驾驶证|駕照|운전면허|ใบขับขี่|رخصة القيادة|רישיון נהיגה|"
    r"ड्राइविंग लाइसेंस"
)
PATIENT = (
    rf"nhc|n\.º? ?h\.? ?c|h\.c|mrn|nhs(?:{NO})|medical record(?:{NO})?|(?:patient|hospital|chart|health card|"
    rf"medicare|case file){NO}|"
    r"n[uú]mero de historia(?: cl[ií]nica)?|historia cl[ií]nica|expediente cl[ií]nico|tarjeta sanitaria|cipa?|"
    r"nuhsa|seguridad social|"
    r"prontu[aá]rio|cart[aã]o sus|dossier médical|numéro (?:de patient|de dossier|patient)|ipp|sécurité sociale|"
    r"patienten(?:nummer|-?id)|fallnummer|versichertennummer|krankenversicherten?nummer|cartella clinica|"
    r"tessera sanitaria|"
    r"patiëntnummer|journalnummer|hasta (?:no|numarası)|protokol no|rekam medis|bpjs|mã bệnh nhân|bhyt|"
    r"истори[ия] болезни|медкарт[аы]|карт[аы] пациента|снилс|病歴番号|患者番号|患者id|診察券(?:番号)?|"
    r"カルテ番号|保険証|"
    r"被保険者番号|病历号|病歷號|病案号|住院号|门诊号|就诊卡号?|医保卡?|환자 ?번호|병록번호|차트 ?번호|เลขที่ผู้ป่วย|"
    r"رقم الملف(?: الطبي)?|رقم المريض|شماره پرونده|תיק רפואי|रोगी (?:संख्या|नंबर|आईडी)|রোগীর (?:নম্বর|আইডি)"
)
NATIONAL_FORM = (
    r"(?:[A-Z]-?)?\d{6,16}(?:[- ]?[A-Z]\d?|[a-z])?|\d{1,6}(?:[-. /]\d{1,7}){1,4}(?:[-/. ]?[A-Z])?|"
    r"[A-Z]{3,6}-?\d{2,6}[A-Z0-9]{3,11}"
)
NATIONAL = (
    rf"(?:dni|nie|nif|cpf|rut|rfc|curp|cuit|cuil|cnp|pesel|bsn|nino|tckn|nik|cnic|nin|nric|aadhaar|aadhar|"
    rf"pan card|oib|jmbg|"
    rf"egn|amka|afm|ppsn|tfn|ssn|cédula|cedula|national insurance|social security|social insurance)(?:{NO})?|tax{NO}|"
    r"codice fiscale|steuer-?(?:id(?:entifikations)?-?(?:nr|nummer)?|nummer)|sozialversicherungsnummer|personnummer|"
    r"henkilötunnus|rodné číslo|numéro fiscal|инн|マイナンバー|個人番号|身份证号码?|身份證字號|주민등록번호|"
    r"주민번호|(?:ال)?رقم(?:ي|ك|ه|ها|نا)? (?:ال)?(?:قومي|وطني|هوية|هويتي|إقامة|إقامتي)|کد ملی|شناختی کارڈ|מספר ה?זהות|"
    r"ת[.״]?ז\.?|आधार(?: (?:संख्या|नंबर|कार्ड))?|आधार|এনআইডি|ஆதார்|"
    r"เลขประจำตัวประชาชน"
)
ACCOUNT = (
    rf"(?:account|acct|bank account|routing|policy|insurance|membership|member){NO}|bank account|sort code|"
    r"(?:número|nº|nro\.?) de (?:cuenta|póliza|conta)|cuenta bancaria|póliza|conta bancária|apólice|"
    r"numéro de (?:compte|police)|"
    r"kontonummer|versicherungsnummer|policennummer|numero di conto|polizza|rekeningnummer|polisnummer|"
    r"no(?:mor|\.)? rekening|"
    r"số tài khoản|hesap numarası|лицев\w{2,3} сч[её]т\w?|номер сч[её]та|"
    r"口座番号(?:(?:は|[:：])?(?:普通|当座|貯蓄)(?:預金)?)?|"
    r"証券番号|银行账号|银行卡号|"
    r"账号|帳號|保单号|"
    r"계좌(?:번호)?|เลขที่บัญชี|เลขบัญชี|(?:ال)?رقم(?:ي)? (?:ال)?حساب(?:ي|ك)?|رقم البوليصة|شماره حساب|חשבון בנק|"
    r"מספר חשבון|खाता (?:संख्या|नंबर)"
)

LABELLED_NUMBERS: tuple[NationalId, ...] = (
    NationalId("*", "Passport or identity card", MIXED_FORM, "", "likely", rf"(?:{PASSPORT})"),
    NationalId("*", "National identity number", NATIONAL_FORM, "", "likely", rf"(?:{NATIONAL})"),
    NationalId("*", "Driving licence", MIXED_FORM, "", "likely", rf"(?:{LICENCE})"),
    NationalId("*", "Medical record", SHORT_FORM, "", "likely", rf"(?:{PATIENT})"),
    # A National Drug Code has ten or eleven digits, or at most five before its first hyphen.
    NationalId("*", "Local number", r"\d{6,9}", "", "likely", r"ndc"),
    NationalId("*", "Account or policy", FORM, "", "likely", rf"(?:{ACCOUNT})"),
)
