"""Words and forms beside digits that say whether they are a phone number."""

import re

from commonhold.curate.privacy.boundaries import CODE, LATIN

NOT_A_PHONE = re.compile(
    rf"""
    (?<![\d.,+/-]) (?:
        (?:19|20)\d\d [-./] [01]?\d [-./] [0-3]?\d          # 2025-03-14
      | [0-3]?\d [-./] [0-3]?\d [-./] (?:19|20)\d\d         # 3/14/2025, 14.03.2025
      | (?:19|20)\d\d \s? [-–/] \s? (?:19|20)\d\d           # 2024-2025
      | (?:19|20)\d\d [-/] \d{{5,8}}                        # case 2024-001234
      | \d[\d.,]* \s? (?:
            [$€£¥₹₩฿₫₽₺%円元원万萬億亿]
          | (?:usd|eur|dollars?|pesos?|euros?|percent|m?c?g|k[gm]|[mc]?[lm]|people|years|yen|yuan|руб|बजे|रुपये|บาท)
            (?![{CODE}])
        )
    ) (?![\d/-] | \.\d)
    | [$€£¥₹₩฿₫₽₺] \s? \d[\d.,]*
    | 第 \s? \d+
    | (?<![{CODE}]) cve-\d{{4}}-\d+ (?![{CODE}])
    | (?<![\d.]) 10\.\d{{4,9}}/\S+    # a DOI
    | (?:〒|郵便番号|邮编|邮政编码|郵遞區號|우편번호) [\s:：は]{{0,3}} \d{{3}} -? \d{{2,4}} (?!\d)    # a postcode
    | isbn(?:-1[03])? [\s:]{{0,3}} \d[\dX\s-]{{8,16}}
    | (?<![{CODE}]) [0-9a-f]{{8}} (?:-[0-9a-f]{{4}}){{3}} -[0-9a-f]{{12}} (?![{CODE}])    # a UUID
    | (?<![{CODE}]) ndc [\s:\#]{{0,3}} \d{{4,5}} -? \d{{3,4}} -? \d{{1,2}} (?![{CODE}])   # National Drug Code
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LINK = r"[\s.:#=)\]\u201d\u300d\u3011-]{0,4}"
LABELLED = re.compile(
    r"(?:phone|tel(?:[eé]f(?:on[eo]?)?|éphone|epon|efoon|ephone|ef[oó]n|efonas|efoni|p|f)?|tlf|tlp|mobile?|móvil|mobiel|"
    r"cell?(?:ular(?:e|es)?)?|whats?app|wapp|viber|zalo|telegram|fax|sms|gsm|call(?:ing)?|handy|fono|contact|"
    r"hotline|numero|número|ll[aá]m[ae](?:me|nos|r)?|ligue|appelez|chiama|anruf(?:en)?|rufnummer|simu|nomor|cep|"
    rf"(?<![{LATIN}])(?:hp|wa|ph|mob|ring|dial|text|tfno?|tf|num|puh|nambari|telefoni|điện thoại|s?[đd]t)|"
    r"тел(?:ефон\w?)?|моб(?:ильн\w{1,3})?|сот(?:ов\w{1,3})?|позвон\w{1,4}|звон\w{1,4}|утас|τηλ(?:έφων\w)?|κινητό|"
    r"հեռ(?:ախոս\w*)?|ტელ(?:ეფონი?)?|ስልክ|टेलीफ़?ोन|फ़?ोन|मोबाइल|नंबर|संपर्क|ফোন|মোবাইল|নম্বর|ਫ਼?ੋਨ|ફોન|ଫୋନ୍|"
    r"தொலைபேசி|போன்|ఫోన్|ಫೋನ್|ഫോൺ|දුරකථන\w*|โทร(?:ศัพท์)?|เบอร์|มือถือ|ໂທ(?:ລະສັບ)?|ဖုန်း|ទូរស័ព្ទ|লেখুন|"
    r"הטלפון|טלפון|נייד|פלאפון|ל?התקשר\w*|תתקשרו|וואטסאפ|"
    r"هاتف\w?|جوال\w?|موبايل|موبایل|تلفن|تلفون|تليفون|همراه|واتس ?اب|واتساب|اتصل|رقم\w?|شماره|فون|نمبر|"
    r"电话|電話|手机|手機|携帯|联系方式|聯絡|联系|座机|热线|熱線|微信|전화|휴대폰|핸드폰|연락처)"
    r"(?:号码|號碼|番号|号|號|번호)?(?:は|が|へ|に|を|至|是|为|為|打|는|은|로|으로)?"
    rf"{_LINK}(?:(?:is|no|nr|num|at|on|me|us|al|es|au|en|to|ke|di|numarası|nummer|number|:)[\s.:]{{1,3}}){{0,2}}$",
    re.IGNORECASE,
)
"""Ends where the number starts."""
NUMBER_OF_A_THING = re.compile(
    rf"(?:(?<![{CODE}])(?:ndc|isbn|issn|ean|upc|gtin|sku|asin|doi|pmid|pmcid|oclc|cas|order|invoice|tracking|serial|parcel)"
    r"|订单|訂單|单号|單號|编号|編號|注文|受付|伝票|追跡|商品|型番|품번|주문|송장|заказа?|накладн\w{1,3}|артикул|"
    r"الطلب|طلبية|سفارش|הזמנה|ऑर्डर|คำสั่งซื้อ)(?:番号|号|號|번호)?(?:は|是|为|為|는)?"
    r"[\s.:#=)-]{0,4}(?:(?:id|is|no|nr|num|number|code|:|#)[\s.:#]{0,3}){0,2}$",
    re.IGNORECASE,
)
"""Before the number of an order, a book or a drug, which is no phone number unless a numbering plan has it."""
