/** Ordinary prose, written for these tests. Each tells the same, as a native reader would. */
export const PROSE = {
  English:
    "Yesterday evening the last train was an hour late, so we walked home along the river. Nobody had brought an umbrella, and of course it started to rain before we reached the bridge. My sister laughed and said that we should have listened to the forecast. Can you find out whether the trains run on time tomorrow? If not, I'd rather book a seat on the bus that leaves at half past seven.",
  German:
    'Gestern Abend hatte der letzte Zug eine Stunde Verspätung, also gingen wir am Fluss entlang nach Hause. Niemand hatte einen Regenschirm dabei, und natürlich fing es an zu regnen, bevor wir die Brücke erreichten. Meine Schwester lachte und meinte, wir hätten auf die Wettervorhersage hören sollen. Kannst du herausfinden, ob die Züge morgen pünktlich fahren? Wenn nicht, buche ich lieber einen Platz im Bus um halb acht.',
  French:
    "Hier soir, le dernier train avait une heure de retard, alors nous sommes rentrés à pied le long de la rivière. Personne n'avait pris de parapluie et, bien sûr, il s'est mis à pleuvoir avant que nous atteignions le pont. Ma sœur a ri et a dit que nous aurions dû écouter la météo. Peux-tu vérifier si les trains seront à l'heure demain ? Sinon, je préfère réserver une place dans le car de sept heures et demie.",
  Spanish:
    'Anoche el último tren llegó con una hora de retraso, así que volvimos a casa andando junto al río. Nadie había traído paraguas y, por supuesto, empezó a llover antes de que llegáramos al puente. Mi hermana se rio y dijo que deberíamos haber hecho caso al pronóstico. ¿Puedes averiguar si mañana los trenes saldrán a tiempo? Si no, prefiero reservar un asiento en el autobús de las siete y media.',
  Portuguese:
    'Ontem à noite o último trem atrasou uma hora, então voltamos para casa a pé pela margem do rio. Ninguém tinha levado guarda-chuva e, claro, começou a chover antes de chegarmos à ponte. Minha irmã riu e disse que devíamos ter ouvido a previsão do tempo. Você pode descobrir se os trens vão sair no horário amanhã? Se não, prefiro reservar um lugar no ônibus das sete e meia.',
  Italian:
    "Ieri sera l'ultimo treno aveva un'ora di ritardo, così siamo tornati a casa a piedi lungo il fiume. Nessuno aveva portato l'ombrello e, naturalmente, ha cominciato a piovere prima che arrivassimo al ponte. Mia sorella ha riso e ha detto che avremmo dovuto ascoltare le previsioni. Puoi scoprire se domani i treni saranno in orario? Altrimenti preferisco prenotare un posto sull'autobus delle sette e mezza.",
  Dutch:
    'Gisteravond had de laatste trein een uur vertraging, dus liepen we langs de rivier naar huis. Niemand had een paraplu meegenomen, en natuurlijk begon het te regenen voordat we bij de brug waren. Mijn zus lachte en zei dat we naar het weerbericht hadden moeten luisteren. Kun je uitzoeken of de treinen morgen op tijd rijden? Zo niet, dan reserveer ik liever een plaats in de bus van half acht.',
  Swedish:
    'I går kväll var sista tåget en timme sent, så vi gick hem längs floden. Ingen hade tagit med sig något paraply, och naturligtvis började det regna innan vi hann fram till bron. Min syster skrattade och sa att vi borde ha lyssnat på väderprognosen. Kan du ta reda på om tågen går i tid i morgon? Annars bokar jag hellre en plats på bussen som går halv åtta.',
  Polish:
    'Wczoraj wieczorem ostatni pociąg spóźnił się o godzinę, więc wróciliśmy do domu pieszo wzdłuż rzeki. Nikt nie zabrał parasola i oczywiście zaczęło padać, zanim doszliśmy do mostu. Moja siostra śmiała się i mówiła, że trzeba było posłuchać prognozy pogody. Czy możesz sprawdzić, czy jutro pociągi będą jeździć punktualnie? Jeśli nie, wolę zarezerwować miejsce w autobusie o wpół do ósmej.',
  Czech:
    'Včera večer měl poslední vlak hodinu zpoždění, a tak jsme šli domů pěšky podél řeky. Nikdo si nevzal deštník a samozřejmě začalo pršet dřív, než jsme došli k mostu. Moje sestra se smála a říkala, že jsme měli poslouchat předpověď počasí. Můžeš zjistit, jestli zítra pojedou vlaky včas? Pokud ne, raději si rezervuji místo v autobuse v půl osmé.',
  Hungarian:
    'Tegnap este az utolsó vonat egy órát késett, ezért gyalog mentünk haza a folyó mentén. Senki sem hozott esernyőt, és persze eleredt az eső, mielőtt a hídhoz értünk volna. A nővérem nevetett, és azt mondta, hogy hallgatnunk kellett volna az időjárás-jelentésre. Meg tudod nézni, hogy holnap pontosan járnak-e a vonatok? Ha nem, inkább helyet foglalok a fél nyolckor induló buszra.',
  Turkish:
    'Dün akşam son tren bir saat gecikti, bu yüzden nehir boyunca eve yürüdük. Kimse şemsiye getirmemişti ve tabii ki köprüye varmadan yağmur yağmaya başladı. Kız kardeşim güldü ve hava tahminini dinlememiz gerektiğini söyledi. Yarın trenlerin zamanında kalkıp kalkmayacağını öğrenebilir misin? Kalkmayacaksa yedi buçukta hareket eden otobüste yer ayırtmayı tercih ederim.',
  Finnish:
    'Eilen illalla viimeinen juna oli tunnin myöhässä, joten kävelimme kotiin joen vartta pitkin. Kukaan ei ollut ottanut sateenvarjoa mukaan, ja tietysti alkoi sataa ennen kuin ehdimme sillalle. Siskoni nauroi ja sanoi, että meidän olisi pitänyt kuunnella sääennustetta. Voitko selvittää, kulkevatko junat huomenna ajallaan? Jos eivät, varaan mieluummin paikan puoli kahdeksan bussista.',
  Indonesian:
    'Tadi malam kereta terakhir terlambat satu jam, jadi kami berjalan pulang menyusuri sungai. Tidak ada yang membawa payung, dan tentu saja hujan mulai turun sebelum kami sampai di jembatan. Kakak perempuan saya tertawa dan berkata bahwa kami seharusnya mendengarkan ramalan cuaca. Bisakah kamu mencari tahu apakah kereta besok tepat waktu? Kalau tidak, saya lebih suka memesan kursi di bus pukul setengah delapan.',
  Vietnamese:
    'Tối qua chuyến tàu cuối cùng bị trễ một tiếng, nên chúng tôi đi bộ về nhà dọc theo bờ sông. Không ai mang theo ô, và dĩ nhiên trời bắt đầu mưa trước khi chúng tôi đến cầu. Chị tôi cười và nói rằng lẽ ra chúng tôi nên nghe dự báo thời tiết. Bạn có thể tìm hiểu xem ngày mai tàu có chạy đúng giờ không? Nếu không, tôi muốn đặt chỗ trên chuyến xe buýt lúc bảy giờ rưỡi.',
  Swahili:
    'Jana usiku treni ya mwisho ilichelewa kwa saa moja, kwa hiyo tulitembea nyumbani kando ya mto. Hakuna aliyebeba mwavuli, na bila shaka mvua ilianza kunyesha kabla hatujafika darajani. Dada yangu alicheka na kusema kwamba tungesikiliza utabiri wa hali ya hewa. Je, unaweza kujua kama treni zitaondoka kwa wakati kesho? Kama sivyo, ningependa kuhifadhi kiti kwenye basi la saa moja na nusu.',
  Russian:
    'Вчера вечером последний поезд опоздал на час, поэтому мы пошли домой пешком вдоль реки. Никто не взял зонт, и, конечно, дождь начался раньше, чем мы дошли до моста. Моя сестра засмеялась и сказала, что надо было послушать прогноз погоды. Можешь узнать, пойдут ли завтра поезда по расписанию? Если нет, я лучше забронирую место в автобусе, который отправляется в половине восьмого.',
  Ukrainian:
    'Учора ввечері останній потяг запізнився на годину, тож ми пішли додому пішки вздовж річки. Ніхто не взяв парасольки, і, звичайно, дощ почався раніше, ніж ми дійшли до мосту. Моя сестра засміялася й сказала, що треба було послухати прогноз погоди. Чи можеш дізнатися, чи завтра потяги ходитимуть за розкладом? Якщо ні, я краще забронюю місце в автобусі о пів на восьму.',
  Bulgarian:
    'Снощи последният влак закъсня с един час, затова се прибрахме пеша покрай реката. Никой не беше взел чадър и, разбира се, заваля, преди да стигнем до моста. Сестра ми се засмя и каза, че е трябвало да чуем прогнозата за времето. Можеш ли да провериш дали утре влаковете ще се движат навреме? Ако не, предпочитам да запазя място в автобуса в седем и половина.',
  Greek:
    'Χθες το βράδυ το τελευταίο τρένο καθυστέρησε μία ώρα, οπότε γυρίσαμε στο σπίτι με τα πόδια δίπλα στο ποτάμι. Κανείς δεν είχε φέρει ομπρέλα και, φυσικά, άρχισε να βρέχει πριν φτάσουμε στη γέφυρα. Η αδερφή μου γέλασε και είπε ότι έπρεπε να είχαμε ακούσει την πρόγνωση του καιρού. Μπορείς να μάθεις αν αύριο τα τρένα θα είναι στην ώρα τους;',
  Arabic:
    'مساء أمس تأخر القطار الأخير ساعة كاملة، فمشينا إلى البيت على طول النهر. لم يحضر أحد مظلة، وبالطبع بدأ المطر قبل أن نصل إلى الجسر. ضحكت أختي وقالت إنه كان علينا أن نستمع إلى نشرة الطقس. هل يمكنك أن تعرف ما إذا كانت القطارات ستسير في موعدها غدا؟ وإلا فأنا أفضل أن أحجز مقعدا في الحافلة التي تغادر في السابعة والنصف.',
  Persian:
    'دیشب آخرین قطار یک ساعت تأخیر داشت، برای همین پیاده از کنار رودخانه به خانه برگشتیم. هیچ‌کس چتر نیاورده بود و البته پیش از آنکه به پل برسیم باران گرفت. خواهرم خندید و گفت باید به پیش‌بینی هوا گوش می‌دادیم. می‌توانی ببینی فردا قطارها سر وقت حرکت می‌کنند یا نه؟ وگرنه ترجیح می‌دهم در اتوبوس ساعت هفت و نیم جا بگیرم.',
  Hebrew:
    'אתמול בערב הרכבת האחרונה איחרה בשעה, אז הלכנו הביתה ברגל לאורך הנהר. אף אחד לא הביא מטרייה, וכמובן התחיל לרדת גשם לפני שהגענו לגשר. אחותי צחקה ואמרה שהיינו צריכים להקשיב לתחזית. תוכל לבדוק אם הרכבות יוצאות מחר בזמן? אם לא, אני מעדיף להזמין מקום באוטובוס של שבע וחצי.',
  Hindi:
    'कल शाम आख़िरी ट्रेन एक घंटा देर से आई, इसलिए हम नदी के किनारे पैदल घर चले गए। किसी के पास छाता नहीं था और पुल तक पहुँचने से पहले ही बारिश शुरू हो गई। मेरी बहन हँसी और बोली कि हमें मौसम का हाल सुन लेना चाहिए था। क्या तुम पता कर सकते हो कि कल ट्रेनें समय पर चलेंगी या नहीं? नहीं तो मैं साढ़े सात बजे वाली बस में सीट बुक करना चाहूँगा।',
  Bengali:
    'গতকাল সন্ধ্যায় শেষ ট্রেনটি এক ঘণ্টা দেরি করেছিল, তাই আমরা নদীর ধার দিয়ে হেঁটে বাড়ি ফিরেছিলাম। কেউ ছাতা আনেনি, আর সেতুতে পৌঁছানোর আগেই বৃষ্টি শুরু হলো। আমার বোন হেসে বলল যে আমাদের আবহাওয়ার খবর শোনা উচিত ছিল। কাল ট্রেন সময়মতো চলবে কি না তুমি কি জানতে পারবে?',
  Tamil:
    'நேற்று மாலை கடைசி ரயில் ஒரு மணி நேரம் தாமதமாக வந்தது, அதனால் நாங்கள் ஆற்றங்கரை வழியாக வீட்டிற்கு நடந்து சென்றோம். யாரும் குடை கொண்டு வரவில்லை, பாலத்தை அடைவதற்கு முன்பே மழை பெய்யத் தொடங்கியது. என் சகோதரி சிரித்துக்கொண்டே வானிலை அறிக்கையைக் கேட்டிருக்க வேண்டும் என்று சொன்னாள்.',
  Telugu:
    'నిన్న సాయంత్రం చివరి రైలు ఒక గంట ఆలస్యంగా వచ్చింది, అందుకే మేము నది ఒడ్డున నడుచుకుంటూ ఇంటికి వెళ్ళాము. ఎవరూ గొడుగు తీసుకురాలేదు, వంతెన చేరేలోపే వర్షం మొదలైంది. మా అక్క నవ్వి, వాతావరణ సూచన వినాల్సింది అని చెప్పింది.',
  Thai: 'เมื่อวานเย็นรถไฟเที่ยวสุดท้ายมาช้าไปหนึ่งชั่วโมง เราก็เลยเดินกลับบ้านเลียบแม่น้ำ ไม่มีใครเอาร่มมา และแน่นอนว่าฝนเริ่มตกก่อนที่เราจะถึงสะพาน น้องสาวของฉันหัวเราะแล้วบอกว่าเราน่าจะฟังพยากรณ์อากาศ ช่วยดูให้หน่อยได้ไหมว่าพรุ่งนี้รถไฟจะมาตรงเวลาหรือเปล่า',
  Georgian:
    'გუშინ საღამოს ბოლო მატარებელმა ერთი საათით დაიგვიანა, ამიტომ სახლში ფეხით წავედით მდინარის გასწვრივ. ქოლგა არავის წამოუღია და, რა თქმა უნდა, ხიდთან მისვლამდე წვიმა დაიწყო.',
  Armenian:
    'Երեկ երեկոյան վերջին գնացքը մեկ ժամ ուշացավ, այնպես որ մենք գետի երկայնքով ոտքով գնացինք տուն։ Ոչ ոք հովանոց չէր վերցրել, և, իհարկե, անձրևը սկսվեց, երբ դեռ չէինք հասել կամրջին։',
  Chinese:
    '昨天晚上最后一班火车晚点了一个小时，所以我们沿着河走回家。没有人带伞，当然，我们还没走到桥上就开始下雨了。我姐姐笑着说，我们应该听天气预报的。你能查一下明天的火车是否准点吗？如果不准点，我宁愿订七点半出发的那班巴士的座位。另外，请把结果发到我的邮箱，并附上票价和换乘信息。',
  'Traditional Chinese':
    '昨天晚上最後一班火車誤點了一個小時，所以我們沿著河走回家。沒有人帶傘，當然，我們還沒走到橋上就開始下雨了。我姐姐笑著說，我們應該聽氣象預報的。你能查一下明天的火車是否準點嗎？如果不準點，我寧願訂七點半出發的那班巴士的座位。另外，請把結果寄到我的信箱，並附上票價和轉乘資訊。',
  Japanese:
    '昨日の夜は最終電車が一時間も遅れたので、私たちは川沿いを歩いて家に帰りました。誰も傘を持ってきていなくて、もちろん橋に着く前に雨が降り始めました。姉は笑いながら、天気予報を聞いておけばよかったねと言いました。明日の電車が時間どおりに動くかどうか調べてもらえますか。だめなら、七時半に出るバスの席を予約したいです。',
  Korean:
    '어제 저녁에는 마지막 기차가 한 시간이나 늦어서 우리는 강을 따라 집까지 걸어갔다. 아무도 우산을 가져오지 않았고, 물론 다리에 도착하기도 전에 비가 내리기 시작했다. 언니는 웃으면서 일기 예보를 들었어야 했다고 말했다. 내일 기차가 제시간에 다니는지 알아봐 줄 수 있을까? 아니라면 일곱 시 반에 떠나는 버스 자리를 예약하고 싶다.',
} satisfies Record<string, string>;
