"""Identity numbers by country, as a table: what they look like and which check they must pass.

Checks are those of python-stdnum (LGPL), which names the law or register behind each; `strict form` says that a number
has letters and digits in places where nothing else has them, and no check digit.
"""

from typing import NamedTuple

from commonhold.curate.privacy.find import Tier


class NationalId(NamedTuple):
    """One number of one country."""

    region: str
    """ISO 3166-1 alpha-2; `*` for every country."""
    name: str
    form: str
    """Regular expression in the syntax that RE2 and Python share; the number must not touch a word or a hyphen."""
    check: str = ""
    """Module of python-stdnum; empty for a strict form."""
    tier: Tier = "certain"
    """Likely where a number of another sort passes by chance: one or two check digits and no grouping of its own."""
    label: str = ""
    """Words, one of which must be just before; empty for none."""


NATIONAL_IDS: tuple[NationalId, ...] = (
    NationalId("AR", "CUIT", r"(?:20|23|24|25|26|27)-\d{8}-\d", "ar.cuit"),
    NationalId("AR", "DNI", r"\d{1,2}\.?\d{3}\.?\d{3}", "ar.dni", "certain", r"dni|documento"),
    NationalId("AT", "Versicherungsnummer", r"\d{4} ?\d{6}", "at.vnr", "likely"),
    NationalId("AU", "TFN", r"\d{3} \d{3} \d{3}", "au.tfn", "likely"),
    NationalId("BE", "Rijksregisternummer", r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", "be.nn"),
    NationalId("BE", "Rijksregisternummer", r"\d{11}", "be.nn", "likely"),
    NationalId("BG", "EGN", r"\d{10}", "bg.egn", "likely"),
    NationalId("BR", "CPF", r"\d{3}\.\d{3}\.\d{3}-\d\d", "br.cpf"),
    NationalId("BR", "CPF", r"\d{11}|\d{9}-\d\d", "br.cpf", "likely"),
    NationalId("CA", "SIN", r"\d{3}[ -]\d{3}[ -]\d{3}", "ca.sin"),
    NationalId("CH", "AHV-Nummer", r"756\.?\d{4}\.?\d{4}\.?\d\d", "ch.ssn"),
    NationalId("CL", "RUT", r"\d{1,2}\.?\d{3}\.?\d{3}-[\dKk]", "cl.rut"),
    NationalId("CN", "Resident identity card", r"[1-9]\d{16}[\dXx]", "cn.ric"),
    NationalId("CO", "NIT", r"\d{2,3}\.\d{3}\.\d{3}-\d|\d{8,10}-\d", "co.nit"),
    NationalId("CU", "NI", r"\d{11}", "cu.ni", "likely"),
    NationalId("CZ", "Rodné číslo", r"\d{6}/\d{3,4}", "cz.rc"),
    NationalId("DE", "Steuer-Identifikationsnummer", r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}", "de.idnr", "likely"),
    NationalId("DK", "CPR-nummer", r"\d{6}-\d{4}", "dk.cpr"),
    NationalId("DO", "Cédula", r"\d{3}-\d{7}-\d", "do.cedula"),
    NationalId("EC", "Cédula", r"\d{9}-?\d", "ec.ci", "likely"),
    NationalId("EE", "Isikukood", r"[1-6]\d{10}", "ee.ik"),
    NationalId("ES", "DNI", r"\d{8}[- ]?[A-HJ-NP-TV-Za-hj-np-tv-z]|\d{2}\.\d{3}\.\d{3}[- ]?[A-HJ-NP-TV-Z]", "es.dni"),
    NationalId("ES", "NIE", r"[XYZxyz][- ]?\d{7}[- ]?[A-HJ-NP-TV-Za-hj-np-tv-z]", "es.nie"),
    NationalId("FI", "Henkilötunnus", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", "fi.hetu"),
    NationalId("FR", "NIR", r"[12] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d", "fr.nir"),
    NationalId("GB", "NHS number", r"\d{3}[ -]\d{3}[ -]\d{4}", "gb.nhs"),
    NationalId("GB", "NHS number", r"\d{10}", "gb.nhs", "likely"),
    NationalId("GB", "National Insurance number", r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]"),
    NationalId("GR", "AMKA", r"\d{11}", "gr.amka", "likely"),
    NationalId("HR", "OIB", r"\d{11}", "hr.oib", "likely"),
    NationalId("ID", "NIK", r"\d{16}|\d{6} \d{6} \d{4}", "id.nik"),
    NationalId("IE", "PPS number", r"\d{7}[A-Wa-w][A-IWa-iw]?", "ie.pps"),
    NationalId("IL", "Mispar zehut", r"\d{9}|\d{8}-\d", "il.idnr", "likely"),
    NationalId("IN", "Aadhaar", r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}", "in_.aadhaar"),
    NationalId("IN", "Aadhaar", r"[2-9]\d{11}", "in_.aadhaar", "likely"),
    NationalId("IN", "PAN", r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", "in_.pan"),
    NationalId("IN", "Voter id", r"[A-Z]{3}\d{7}", "in_.epic"),
    NationalId("IS", "Kennitala", r"\d{6}-\d{4}", "is_.kennitala"),
    NationalId("IT", "Codice fiscale",
               r"[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]", "it.codicefiscale"),
    NationalId("JP", "My Number", r"\d{4}[ -]\d{4}[ -]\d{4}", "jp.in_"),
    NationalId("JP", "My Number", r"\d{12}", "jp.in_", "likely"),
    NationalId("KE", "KRA PIN", r"A\d{9}[A-Z]", "ke.pin"),
    NationalId("KR", "Resident registration number", r"\d{6}-[0-9]\d{6}", "kr.rrn"),
    NationalId("LT", "Asmens kodas", r"[3-6]\d{10}", "lt.asmens"),
    NationalId("LV", "Personas kods", r"\d{6}-\d{5}", "lv.pvn", "likely"),
    NationalId("MX", "CURP", r"[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z]\d", "mx.curp"),
    NationalId("MX", "RFC", r"[A-ZÑ&]{4}-?\d{6}-?[0-9A-Z]{3}", "mx.rfc"),
    NationalId("MY", "NRIC", r"\d{6}-\d\d-\d{4}", "my.nric"),
    NationalId("NG", "National Identification Number", r"\d{11}", "", "likely", r"nin|national identification number"),
    NationalId("NL", "BSN", r"\d{9}|\d{4}[.]\d\d[.]\d{3}", "nl.bsn", "likely"),
    NationalId("NO", "Fødselsnummer", r"\d{6} ?\d{5}", "no.fodselsnummer"),
    NationalId("NZ", "IRD number", r"\d{2,3}-\d{3}-\d{3}", "nz.ird"),
    NationalId("PE", "CUI", r"\d{8}-?[0-9A-K]", "pe.cui", "likely"),
    NationalId("PH", "PhilSys number", r"\d{4}-\d{4}-\d{4}(?:-\d{4})?", "", "likely"),
    NationalId("PK", "CNIC", r"[1-7]\d{4}-\d{7}-\d", "pk.cnic"),
    NationalId("PL", "PESEL", r"\d{11}", "pl.pesel"),
    NationalId("PT", "Cartão de cidadão", r"\d{8} ?\d ?[A-Z]{2}\d", "pt.cc"),
    NationalId("PT", "NIF", r"[123]\d{8}", "pt.nif", "likely"),
    NationalId("PY", "RUC", r"\d{5,8}-\d", "py.ruc", "likely"),
    NationalId("RO", "CNP", r"[1-9]\d{12}", "ro.cnp"),
    NationalId("SE", "Personnummer", r"(?:19|20)?\d{6}[-+]\d{4}", "se.personnummer"),
    NationalId("SG", "NRIC", r"[STFGM]\d{7}[A-Z]"),
    NationalId("SK", "Rodné číslo", r"\d{6}/\d{3,4}", "sk.rc"),
    NationalId("TH", "PIN", r"\d-\d{4}-\d{5}-\d\d-\d", "th.pin"),
    NationalId("TH", "PIN", r"[1-8]\d{12}", "th.pin", "likely"),
    NationalId("TR", "T.C. kimlik numarası", r"[1-9]\d{10}", "tr.tckimlik"),
    NationalId("TW", "National identification number", r"[A-Z][1289]\d{8}"),
    NationalId("UA", "RNTRC", r"\d{10}", "ua.rntrc", "likely"),
    # Those that were never issued (000, 666, 9xx) included: one digit mistyped is no reason to leave a number standing.
    NationalId("US", "Social Security or taxpayer number",
               r"\d{3}-\d\d-\d{4}|\d{3} \d\d \d{4}|\d{3}[\u2010-\u2013]\d\d[\u2010-\u2013]\d{4}"),
    NationalId("US", "Social Security number", r"\d{9}", "", "certain",
               r"ssn|social security(?: number)?|seguro social"),
    NationalId("UY", "Cédula", r"\d\.\d{3}\.\d{3}-\d", "", "likely"),
    NationalId("VE", "RIF", r"[VEJPGvejpg]-?\d{8}-?\d", "ve.rif"),
    NationalId("ZA", "Identity number", r"\d{13}|\d{6} \d{4} \d{3}", "za.idnr"),
)  # fmt: skip
"""Of one country in order of how sure the form is."""
