"""What people ask a help desk, in many languages: a sentence with few letters beyond ASCII, and some with many."""

SENTENCES: dict[str, tuple[str, str]] = {
    "es": (
        "Buenas tardes, mi abuelo pregunta por el horario de la tarde del sábado",
        "¿Dónde está la oficina del señor Núñez? Mañana vendrá mi compañera María; ¿abrirán también el miércoles?",
    ),
    "fr": (
        "Bonjour, je voudrais savoir si la piscine reste ouverte cet été",
        "Où puis-je déposer ma demande ? La mairie était fermée à Noël, et ça m'a gêné ; répondez s'il vous plaît.",
    ),
    "de": (
        "Guten Tag, ich habe eine Frage zu meinem Antrag für den Garten",
        "Wo ist die Straßenbahn nach Köln? Über die Brücke dürfen nur Fußgänger, und das Büro öffnet später.",
    ),
    "pt": (
        "Bom dia, queria saber se a piscina abre amanhã de tarde",
        "Não há informação sobre a inscrição? A reunião é na terça-feira às três; você já pagou a prestação?",
    ),
    "it": (
        "Buongiorno, vorrei sapere se la piscina è aperta di domenica",
        "Perché la città non risponde? Così non è più possibile; lunedì verrà Niccolò, già lo so, e venerdì Andreà.",
    ),
    "sv": (
        "Hej, jag undrar om simhallen har öppet i helgen",
        "Var är närmaste återvinningsstation? Jag får inte låna böcker på lördag; är det stängt för påsken?",
    ),
    "fi": (
        "Hei, haluaisin kysyä milloin kirjasto aukeaa",
        "Missä on lähin kierrätyspiste? Älkää sulkeko ovea, sillä tänään täällä käydään myöhään; työ jää kesken.",
    ),
    "da": (
        "Goddag, jeg vil gerne vide om hallen er åben i dag",
        "Hvor får jeg nøglen? Døren på første sal er låst, og børnene må ikke være på pladsen før klokken otte.",
    ),
    "nb": (
        "Hei, jeg lurer på om kontoret holder stengt i morgen",
        "Når åpner biblioteket på lørdag? Søppelet må ut før klokken åtte, og nøkkelen får du på rådhuset.",
    ),
    "is": (
        "Halló, hvenær opnar safnið",
        "Hvað kostar að fá bókasafnskort? Það þarf að sækja um áður en þið komið; síminn er lokaður á föstudögum.",
    ),
    "nl": (
        "Goedemiddag, hoeveel kost het per ideeënbus in de zaal",
        "Zijn er nog coöperaties in België? De reünie is geannuleerd; één café vroeg financiële hulp aan de zeeën.",
    ),
    "ca": (
        "Bon dia, voldria saber si la piscina obre també a la tarda",
        "On és l'oficina? La reunió començarà dilluns, però no sé si caldrà portar el document; gràcies i fins demà.",
    ),
    "ga": (
        "Dia duit, an bhfuil an leabharlann oscailte amárach",
        "Cá bhfuil an oifig? Tá sé dúnta ó Shatharn go Luan; ní féidir liom éisteacht.",
    ),
    "pl": (
        "Dzień dobry, kiedy otwarty jest basen w niedziele",
        "Gdzie jest książka o żółwiach? Leży na półce obok łóżka; proszę odpowiedzieć, bo się śpieszę, dziękuję.",
    ),
    "cs": (
        "Dobrý den, kdy je otevren bazen v nedeli",
        "Kde je příští zastávka? Na náměstí; můžete mi říct, kdy přijede žlutý autobus a jestli má zpoždění?",
    ),
    "sk": (
        "Dobrý deň, kedy je v nedeľu otvorená plaváreň",
        "Kde nájdem úrad práce? Ľudia čakajú dlho, môžete mi prosím poslať tlačivo? Ďakujem a želám pekný deň.",
    ),
    "hu": (
        "Jó napot, mikor nyit a konyvtar hetfon",
        "Hol van a legközelebbi megálló? Kérem, írják meg, mennyibe kerül a fűtés; a főnök szerint jövő hétfőn nyílik.",
    ),
    "ro": (
        "Bună ziua, la ce ora se deschide biblioteca",
        "Unde găsesc formularul? Vă rog să-mi spuneţi când începe şedinţa; mâine nu pot, fiindcă merg la ţară.",
    ),
    "hr": (
        "Dobar dan, kada radi knjižnica",
        "Gdje mogu naći obrazac? Možete li mi reći kad počinje događaj; kuća je zatvorena, a ključ čeka kod susjeda.",
    ),
    "sl": (
        "Dober dan, kdaj je odprta knjižnica",
        "Kje najdem obrazec? Prosim, povejte mi, kdaj se začne delavnica; vrtec je že zaprt, čakam še odgovor šole.",
    ),
    "tr": (
        "Merhaba, kütüphane bugün açik mi",
        "Kütüphane nerede? Başvuru için hangi belgeler gerekiyor; İstanbul'da çığ düştü, yarın saat üçte döneceğim.",
    ),
    "lt": (
        "Laba diena, kada atidaroma biblioteka šiandien",
        "Kur galėčiau gauti pažymą? Prašau parašyti, kiek kainuoja mėnesinis bilietas; ačiū už jūsų atsakymą.",
    ),
    "lv": (
        "Labdien, kad šodien tiek atvērta bibliotēka",
        "Kur es varu saņemt izziņu? Lūdzu, pasakiet, cik maksā mēneša biļete; paldies, rīt būšu ļoti aizņemts.",
    ),
    "et": (
        "Tere, millal raamatukogu täna avatakse",
        "Kust ma saan tõendi? Palun öelge, kui palju maksab kuupilet; täname, ülehomme sõidame õhtul külla.",
    ),
    "sq": (
        "Mirëdita, kur hapet biblioteka",
        "Ku mund ta marr vërtetimin? Ju lutem më tregoni sa kushton bileta; çdo ditë është e mbyllur për pushim.",
    ),
    "vi": (
        "Xin chào, thư viện mở cửa lúc mấy giờ",
        "Tôi có thể nộp đơn ở đâu? Xin cho biết giá vé; ngày mai văn phòng đóng cửa.",
    ),
    "ru": (
        "Где вода?",
        "Здравствуйте, подскажите, пожалуйста, когда открывается библиотека? Нужна справка, но я не успел её взять.",
    ),
    "uk": (
        "Де знаходиться криниця?",
        "Добрий день, підкажіть, будь ласка, коли відчиняється бібліотека? Мені потрібна довідка, її ще не видали.",
    ),
    "bg": (
        "Къде е водата?",
        "Добър ден, бихте ли ми казали кога отваря библиотеката? Трябва ми удостоверение, но още не съм го получил.",
    ),
    "sr": (
        "Где је вода?",
        "Добар дан, можете ли ми рећи када се отвара библиотека? Потребна ми је потврда, али је још нисам добио.",
    ),
    "el": (
        "Πού είναι το νερό;",
        "Καλημέρα σας, πότε ανοίγει η βιβλιοθήκη; Χρειάζομαι μια βεβαίωση, αλλά δεν την έχω πάρει ακόμη.",
    ),
    "he": ("איפה המים?", "שלום, מתי נפתחת הספרייה? אני צריך אישור, אבל עדיין לא קיבלתי אותו."),
    "ar": ("أين الماء؟", "مرحبا، متى تفتح المكتبة العامة؟ أحتاج إلى شهادة، ولم أحصل عليها بعد."),
    "th": ("น้ำอยู่ที่ไหน", "สวัสดีครับ ห้องสมุดเปิดกี่โมง ผมต้องการใบรับรอง แต่ยังไม่ได้รับ"),
    "ja": ("水はどこですか", "こんにちは、図書館は何時に開きますか。証明書が必要ですが、まだ受け取っていません。"),
    "zh": ("图书馆在哪里", "你好，请问图书馆几点开门？我需要一份证明，但是还没有拿到。"),
    "zh-Hant": ("圖書館在哪裡", "你好，請問圖書館幾點開門？我需要一份證明，但是還沒有拿到。"),
    "ko": ("물은 어디에 있습니까", "안녕하세요, 도서관은 몇 시에 엽니까? 증명서가 필요한데 아직 받지 못했습니다."),
}
