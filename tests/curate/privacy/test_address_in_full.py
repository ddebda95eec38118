"""Addresses of many countries, in the sentences that people write: all of it is masked, and nothing beside it."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
import re2

from commonhold.curate.privacy.redactor import RedactionSettings, Redactor
from commonhold.curate.privacy.street_address import GATE, find_addresses

COUNTED = """
637 EAST 138 STREET
637 east 138 street
637 E 138 ST
79-25 150 STREET
2601 WEST 104 TH STREET
412 BEACH 20 STREET
123 AVENUE B
75 CENTRAL PARK WEST
1541 GRAND CONCOURSE
2565 BROADWAY
200 N AVENUE 60
12345 State Route 9
601 E Street, NW
637 EAST 138 STREET, BRONX, NY 10454
8 SPRUCE STREET, APT 12F, NEW YORK, NY 10038
152-32 ROCKAWAY BLVD #205
1000 Ave of the Americas, 5th Floor, New York
99 MLK Blvd, Unit 3
123 1/2 MAIN ST
4 PARK AVENUE SOUTH
60-72 MADISON STREET, RIDGEWOOD
5816, 4th Avenue, Riverbend, NY, 11220
12 Oak Ave,Riverbend,NY,11217,USA
Apartment 4F at 2015 CRESTON AVENUE
"""
BRITISH_AND_INDIAN = """
Flat 2, 14 High Street, Leeds LS1 4AB
221B Baker Street, London NW1 6XE
12 The Green, Oxford OX1 2AB
Unit 5, 12 Smith Street, Fitzroy VIC 3065
Suite 400, 100 King Street West, Toronto, ON M5X 1A9
Flat 3, Block B, Sector 12
Flat No. 302, Tower B, Sector 62, Noida 201301
House No. 12, Street No. 4, Laxmi Nagar, New Delhi 110092
Plot No. 45, 3rd Cross, Jayanagar, Bengaluru 560011
12/A, MG Road, Bengaluru 560001
No. 21, MG Road, Bengaluru 560001
#60, Main Bazaar, Bengaluru 560099, Karnataka
Plot 14, Industrial Area, Bengaluru 560058
16, False Bank Society, Near False Park, Ahmedabad - 380013
P.O. Box 12345-00100, Nairobi
S.L.P. 30197, Nairobi
"""
SPANISH = """
C/ Mayor 12, 3º B, 28013 Madrid
Calle Alcalá, 45, piso 3, puerta B, 28014 Madrid
Avda. de la Constitución 5, bloque 2, esc. A, 2º izq, Sevilla
Plaza de España, 7, 1º dcha, 41013 Sevilla, España
Camino de Ronda, 12, 18004 Granada
Avda. de Francia, s/n. 17007 Girona
Carretera de Extremadura, km 23, Móstoles
Urbanización Los Pinos, 23, 29660 Marbella
Gran Vía 32, 5ª planta, 28013 Madrid
C. Mayor, 5, 1ºA
c/ del Abedul 5-7, 2º dcha 28036 Madrid
Avenida de la Estación Nº 6, 9º - 1ª (04005 – Almería)
Calle portero del cura 94, 2, B
Carrer de Balears 12, 2n 1a, 08010 Barcelona
Cra. 7 # 32-16, Bogotá
Calle 100 # 19-61, piso 3, Bogotá
Cra. 54 #68 – 80
Calle 38 Norte No. 3CN92
Av. Insurgentes Sur 1602, Col. Crédito Constructor, CP 03940, Ciudad de México
Privada de los Pinos 14, Fracc. Las Palmas, 80020 Culiacán, Sinaloa
Av. Corrientes 1234, 5º B, C1043AAZ CABA
Av. 25 de mayo 7410 - Pilar - Buenos Aires
Jr. de la Unión 300, Lima
Barrio Sur, calle 3, casa 12
calle 2 Sur 710, colonia Centro, ciudad Puebla, C.P. 72000
Av. Los Robles Km 11
Calle Falsa 12, bajos, de Barcelona
calle Falsa, nº 12, edificio Retro, 28001 Madrid (España)
C/ Falsa 12D. 28006 Madrid
PASEO FALSO 100 4ºA
PASEO FALSO, 32, 1º (MADRID)
Paseo Falso, 2 (Edificio Norte, 3.ª planta), 03502 Benidorm (Alicante)
Av. Falsa 652, B° Nueva Córdoba, Córdoba Capital
Av. Falsa 710, Piso 2°, Ciudad Autónoma de Buenos Aires
Calle Falsa 61, Apto. 5-A, Ensanche Ozama, Santo Domingo Este
Carrera 28 bis #49a-21, Teusaquillo, Bogotá
Carrera 81G N° 73 - 57 Sur
Calle Colón 1740 Norte
Av. Falsa #889 3er Piso Col. Norte, C.P. 03920, Del. Centro
Av. Falsa 7208, torre Norte, piso 3, oficina 3.1 CABA
Pujada Falsa, 4-5
Rbla. Falsa, 12, 17004 Girona
C/FALSA,12 5º3ª 08013, BARCELONA
C/. Falsa, n. 12, 10600 Plasencia, Cáceres
C/ Can Falsa, 16, ent. 1º, 08028 Barcelona
Avda. Juan Falso I, n.13, Torre Norte, planta 5, 28806 Alcalá de Henares
Plaza Falsa, 3 · 46002 Valencia
C/ Falsa 2, 29740 Torre del Mar, Málaga
"""
EUROPEAN = """
Rua das Flores, 25, 3º Esq., 1200-195 Lisboa
Rua Falsa,n° 60, Campo Lindo, Seropédica- RJ, CEP: 23.898-111
rua 6 sul, lote 10, apto 1002, Águas Claras, Brasília, DF
Av. Paulista, 1578 - Bela Vista, São Paulo - SP, CEP 01310-200
12 bis rue de la Paix, 75002 Paris
12, rue de la Paix, 75002 Paris
5 chemin des Vignes, bâtiment B, 2ème étage, 69007 Lyon
Résidence Les Lilas, 4 allée des Roses, 13008 Marseille
Hauptstr. 5, 2. Stock, 10115 Berlin
Straße des 17. Juni 135, 10623 Berlin
Unter den Linden 77, 10117 Berlin
Mariahilfer Straße 12/3/4, 1060 Wien
HAUPTSTRASSE 12, 80331 MÜNCHEN
Musterweg 12a
Via Giuseppe Verdi, 12, scala B, int. 4, 20121 Milano (MI)
Damrak 1, 1012 LG Amsterdam
Kerkstraat 12 bus 3, 9000 Gent
ul. Długa 5 m. 3, Kraków
ul. Długa 84/92 lok.125, 00-514 Warszawa
al. Jerozolimskie 100, 00-807 Warszawa
Łąkowa 5, 90-554 Łódź
Karl Johans gate 5, 0154 Oslo
Vesterbrogade 12, 2. tv, 1620 København V
Mannerheimintie 12 A 5, 00100 Helsinki
Király u. 23., 1077 Budapest
Václavské náměstí 1, 110 00 Praha
г. Москва, ул. Тверская, д. 7, кв. 12
Caferağa Mah. Moda Cad. No:12 D:5, Kadıköy/İstanbul
"""
EAST_ASIAN = """
東京都千代田区丸の内1-1-1
東京都千代田区丸の内１−１−１
〒100-0005 東京都千代田区丸の内1丁目9番1号
大阪府大阪市北区梅田3-1-3 大阪ビル101号室
北京市朝阳区建国路88号
深圳市南山区科技园路12号3栋502室
北京市 海淀区 科学院南路2号
北京市通州区榆景东路园中园5号院56号楼
北京市大兴区绿地中心2号楼2单元1616
北京市西城区西单北大街甲133号
東京都新宿区新宿 1-1-1
서울특별시 영등포구 양평동3가 15-1 4층
서울특별시 강동구 천중로 39길 19-25 (천호동)
台北市信義區市府路45號
서울특별시 강남구 테헤란로 152
부산광역시 해운대구 센텀중앙로 79, 101동 1203호
서울 강남구 역삼동 123-45
12 Nguyễn Huệ, Quận 1
"""
ADDRESSES = "".join((COUNTED, BRITISH_AND_INDIAN, SPANISH, EUROPEAN, EAST_ASIAN)).split("\n")
SENTENCES = ("{}", "I live at {} and need help", "Dirección: {}\nTel: none", "({})", "Dear desk\n{}\nThank you")
STREETS_WITHOUT_A_HOUSE = """
EAST 138 STREET and 3 AVENUE
corner of 3 AVENUE and WILLIS AVENUE
INTERSECTION OF 7 AVENUE & WEST 34 STREET
between 64 street and 7 avenue
OVERGROWN TREE BETWEEN 16 AVENUE AND 17 AVENUE since 10 AM
the market on River Road
Room 12 on 3rd floor
take the bus 12 to Main Street
Calle 13 is a band
地铁14号线
"""
PROSE = """
NO HEAT FOR 3 DAYS ON THE HILL
CALL 12 PEOPLE ARE IN THE ROAD
PAY 50 DOLLARS FOR PARKING ON THE STREET
TYPE 2 DIABETES AND MODY CAN RUN IN FAMILIES
4.8 GRAMS CUP OF GREEN PEAS
On May 12 3 street lights were out
I saw 2 Broadway shows
in 2019 Highway 6 was closed
they take place. Artificial joints can last 10 years
la calle está a 3 minutos
la avenida tiene 30 años
en la calle hay 12 personas
Im Jahr 2020 waren 12 Leute auf der Straße
Am Montag 3 Leute
June 12, 2020 in Berlin
version 12, 2020 edition
Paragraph 5, 12345 Zeichen
la rue est à 5 minutes
rue fermée depuis 3 jours
boarding at gate 5
pasé por la Plaza Mayor 2 veces
Avenida Libertad 5 minutos a pie
auf dem Arbeitsweg 30 Minuten
rua fechada há 3 dias
CHRISTOPHER STREET SUBWAY STATION, EXIT 3
R. Smith, 42, said so
서울시 강남구 10월 5일
버스로 5분 거리
東京都の2-3人
京沪铁路12号桥在修
版本3,更新于路上
12号楼在哪里
강남구 전체에서 3명
1, 2, 3 and 400 200 times
Chapters 3, Section, Block 123 456
door no. 3 is locked
Plot no 2 of the garden
"""


def lines(text: str) -> Iterator[str]:
    return (line for line in text.split("\n") if line)


@cache
def redactor() -> Redactor:
    return Redactor(RedactionSettings(kinds=("street_address",)))


@cache
def gate() -> re2._Regexp:
    return re2.compile(GATE)


def masked(text: str) -> str:
    return redactor().redact(text).text


@pytest.mark.parametrize("address", [address for address in ADDRESSES if address])
def test_the_whole_address_is_masked_and_nothing_else(address: str) -> None:
    for sentence in SENTENCES:
        rest = re.sub(r"[()]", "", masked(sentence.format(address)))
        assert rest == re.sub(r"[()]", "", sentence.format("[ADDRESS]")), sentence


@pytest.mark.parametrize("text", [*lines(STREETS_WITHOUT_A_HOUSE), *lines(PROSE)])
def test_what_is_no_home_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("address", [address for address in ADDRESSES if address])
def test_the_gate_lets_every_address_through(address: str) -> None:
    other_digits = any(character.isdigit() and not character.isascii() for character in address)
    assert other_digits or gate().search(address) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("637 EAST 138 STREET. Please send someone", "[ADDRESS]. Please send someone"),
        ("12 Oak Street, Please call", "[ADDRESS], Please call"),
        ("12 Oak Street, Riverbend, Monday at 5", "[ADDRESS], Monday at 5"),
        ("we met at 12 Oak Street in 2020 again", "we met at [ADDRESS] in 2020 again"),
        ("Calle Mayor 12, 3 personas viven", "[ADDRESS], 3 personas viven"),
        ("calle Mayor 12, bajo la lluvia", "[ADDRESS], bajo la lluvia"),
        ("12 Oak Street, OR 97201 (301) 402-7364", "[ADDRESS] (301) 402-7364"),
        ("| 31 WEST 51 STREET | WEST 51 STREET | 8 AVENUE |", "| [ADDRESS] | WEST 51 STREET | 8 AVENUE |"),
        ("31 MADISON STREET,MADISON STREET,60 PLACE", "[ADDRESS],MADISON STREET,60 PLACE"),
        ("Calle Mayor 12 Madrid", "[ADDRESS]"),
        ("Calle Mayor 12 Hay mucho ruido", "[ADDRESS] Hay mucho ruido"),
        ("Domicilio: Calle Mayor 12\nLocalidad: Madrid", "Domicilio: [ADDRESS]\nLocalidad: Madrid"),
        ("12 OAK STREET, NOBODY HERE CAN SLEEP AT NIGHT", "[ADDRESS], NOBODY HERE CAN SLEEP AT NIGHT"),
        ("我住在北京市朝阳区建国路88号，谢谢", "我住在[ADDRESS]，谢谢"),
        ("私は東京都渋谷区神宮前1-1-1に住んでいます", "私は[ADDRESS]に住んでいます"),
        ("저는 서울시 강남구 테헤란로 152 에 살아요", "저는 [ADDRESS] 에 살아요"),
        ("12 Oak Street\nPlease come", "[ADDRESS]\nPlease come"),
        ("my zip is 97201 and more", "my zip is [ADDRESS] and more"),
    ],
)
def test_what_follows_an_address_stays(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "address",
    [
        "Calle de la Falsa,\n 12, bajo, 37006 Salamanca",
        "calle Paseo Falso, nº\n    12, 28036 Madrid",
        "Plaza Celestino del\n    Arenal, 10, 48015 Bilbao",
        "c/ Falsa 16, 08720 Vilafranca del\n    Penedès (Barcelona)",
        "Avenida\nJesús Falso # 140, Colonia Buenavista,\nCiudad de México",
        "12 Oak Street,\nApt 4,\nRiverbend, OR 97201",
    ],
)
def test_an_address_on_broken_lines_is_one_find(address: str) -> None:
    assert masked(f"resident at {address}; since May") == "resident at [ADDRESS]; since May"


def test_parts_that_were_found_one_by_one_are_one_find() -> None:
    text = "Unit 5, 12 Smith Street, Fitzroy VIC 3065"
    assert [text[start:end] for start, end, _ in find_addresses(text)] == [text]


def test_two_addresses_are_two_finds() -> None:
    assert masked("12 Oak Street, 14 Elm Street") == "[ADDRESS], [ADDRESS]"
    assert masked("12 Oak Street\n14 Elm Street\n16 Ash Street") == "[ADDRESS]\n[ADDRESS]\n[ADDRESS]"
