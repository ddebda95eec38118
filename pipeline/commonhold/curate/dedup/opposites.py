"""Words of which one in the place of another makes a text say something else, in rows of their kind."""

_KINDS = """
open opened closed close shut
opens closes
allowed permitted forbidden prohibited banned
yes no
before after during
inside outside
indoors outdoors indoor outdoor
left right
above below under over
up down
north south east west
northern southern eastern western
on off
in out
first second third fourth fifth last
more less fewer
most least
minimum maximum
early late
earlier later
start starts end ends stop stops finish begin begins
morning afternoon evening night noon midnight
today tomorrow yesterday
daily weekly monthly yearly annually
day week month year days weeks months years
hour minute second hours minutes seconds
always sometimes never
buy sell
lend borrow
arrive leave depart
arrival departure
entrance entry exit
enter exit leave
enable disable
accept reject refuse
accepted rejected refused
approve deny
approved denied
free paid
cheap expensive
hot cold warm
high low
higher lower
big small large
long short
old new young
male female
man woman men women boy girl
mother father
son daughter
husband wife
increase decrease raise reduce
increased decreased
add remove
with without
true false
wrong right correct
legal illegal
safe dangerous unsafe
public private
import export
push pull
win lose
winter summer spring autumn
weekday weekend weekdays weekends
euro euros dollar dollars pound pounds cent cents franc francs
agree disagree
adult adults child children
must may
required mandatory compulsory obligatory optional voluntary
breakfast lunch dinner
am pm
monday tuesday wednesday thursday friday saturday sunday
mon tue tues wed thu thurs fri sat sun
mondays tuesdays wednesdays thursdays fridays saturdays sundays
january february march april may june july august september october november december
one two three four five six seven eight nine ten eleven twelve
ouvert ouverte fermé fermée
ouvre ferme
oui non
avant après
avec sans
gauche droite
autorisé interdit
gratuit payant
matin soir midi nuit
aujourdhui demain hier
premier première dernier dernière
plus moins
arrivée départ
entrée sortie
lundi mardi mercredi jeudi vendredi samedi dimanche
offen geöffnet geschlossen zu
öffnet schließt
ja nein
vor nach
mit ohne
links rechts
erlaubt verboten
kostenlos kostenpflichtig
morgens abends mittags nachts
heute morgen gestern
erste ersten letzte letzten
mehr weniger
ankunft abfahrt
eingang ausgang
abierto abierta cerrado cerrada
abre cierra
sí no
antes después
con sin
izquierda derecha
permitido prohibido
gratis pago
mañana tarde noche
hoy ayer mañana
más menos
entrada salida
aberto aberta fechado fechada
abre fecha
sim não
antes depois
com sem
esquerda direita
permitido proibido
manhã tarde noite
hoje amanhã ontem
mais menos
entrada saída
aperto aperta chiuso chiusa
apre chiude
sì no
prima dopo
con senza
sinistra destra
permesso vietato
mattina pomeriggio sera notte
oggi domani ieri
più meno
open gesloten dicht
voor na
met zonder
links rechts
toegestaan verboden
открыт открыто открыта закрыт закрыто закрыта
да нет
до после
слева справа
можно нельзя
утром вечером днём днем
сегодня завтра вчера
больше меньше
otwarte otwarty zamknięte zamknięty
tak nie
przed po
wolno zabroniono
rano wieczorem
مفتوح مغلق
نعم لا
قبل بعد
يمين يسار
مسموح ممنوع
صباحا مساء
خلال قبل بعد
खुला बंद
हाँ नहीं
पहले बाद
बाएं दाएं
सुबह शाम
आज कल
wazi imefungwa
ndiyo hapana
kabla baada
kushoto kulia
asubuhi jioni
leo kesho jana
açık kapalı
evet hayır
önce sonra
sağ sol
開 閉 开 关 閉
上 下
左 右
東 西 南 北 东
前 後 后
内 外
有 无 無
男 女
大 小
多 少
早 晚
朝 昼 夜
入 出
日 月 火 水 木 金 土
一 二 三 四 五 六 七 八 九 十
今 明 昨
買 売 买 卖
是 不
เปิด ปิด
"""
_LISTED = [line.split() for line in _KINDS.split("\n") if line]
OPPOSITES = {
    word: frozenset(number for number, line in enumerate(_LISTED) if word in line) for line in _LISTED for word in line
}
"""By word, the rows that it is in."""
ALIKE_IN_KIND = frozenset(OPPOSITES)
